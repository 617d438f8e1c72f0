package dev.perihelion.search.sim;

/**
 * What a simulated search has to work with.
 *
 * @param gpus that measure, one configuration at a time each
 * @param compileCores that compile, one configuration at a time each
 * @param inFlight most configurations that are asked for and not told; fewer where {@link
 *     dev.perihelion.search.trial.LookAhead} says that fewer keep the GPUs busy
 */
public record SimulatedMachine(int gpus, int compileCores, int inFlight) {

    private static final int WAITING_PER_GPU = 4;

    public SimulatedMachine {
        if (gpus < 1 || compileCores < 1 || inFlight < 1) {
            throw new IllegalArgumentException(
                    "A machine needs at least 1 GPU, 1 compile core and 1 configuration in flight," + " not " + gpus
                            + ", " + compileCores + " and " + inFlight + ".");
        }
    }

    /** A machine that looks ahead as a tuning task does: at most 4 for each GPU and one for each compile core in flight. */
    public static SimulatedMachine of(int gpus, int compileCores) {
        return new SimulatedMachine(gpus, compileCores, compileCores + WAITING_PER_GPU * gpus);
    }

    /** One configuration after the other: nothing overlaps, every proposal knows every result. */
    public static SimulatedMachine sequential() {
        return new SimulatedMachine(1, 1, 1);
    }
}
