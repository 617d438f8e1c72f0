package dev.perihelion.executor;

/**
 * A rough latency for targets whose hardware is not here, after the roofline model (Williams, Waterman and Patterson,
 * CACM 52(4), 2009) with corrections for occupancy, the last wave and spills. It orders configurations of one kernel by
 * what their binaries say; it knows nothing of access patterns, caches, pipelining or instruction mix. docs/measuring.md
 * explains it. An estimate is never exported as a measurement.
 */
public final class LatencyEstimate {

    /** Time until the first program runs, ns; about what an empty launch takes on the device. */
    private static final double LAUNCH_NANOS = 2_000;
    /** Share of its peak that a kernel without any stall reaches. */
    private static final double REACHABLE = 0.85;
    /** Resident threads of a multiprocessor, as a share, from which memory latency is hidden. */
    private static final double ENOUGH_OCCUPANCY = 0.5;
    /** How often a spilled byte is written and read again in one program; mostly in the L2 cache, hence few. */
    private static final double SPILL_ROUND_TRIPS = 4;

    private LatencyEstimate() {}

    /**
     * Programs that fit on one multiprocessor at once; 0 where one does not fit.
     */
    public static int residentPrograms(BinaryFacts facts, TargetFacts target) {
        int registers = roundUp(Math.max(1, facts.registers()), target.registerStep());
        if (facts.threads() < 1 || registers > roundUp(target.maxRegisters(), target.registerStep())) {
            return 0;
        }
        int byRegisters = target.registers() / (registers * facts.threads());
        int byThreads = target.threads() / facts.threads();
        int byShared = facts.sharedBytes() == 0 ? target.programs() : target.sharedBytes() / facts.sharedBytes();
        return Math.min(Math.min(byRegisters, byThreads), Math.min(byShared, target.programs()));
    }

    /**
     * The estimate.
     *
     * @return nanoseconds; infinite where the program does not fit on the target
     */
    public static double nanos(BinaryFacts facts, Work work, TargetFacts target) {
        int resident = residentPrograms(facts, target);
        if (resident == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double programs = Math.max(1, facts.programs());
        double slots = (double) resident * target.multiprocessors();
        double waves = Math.ceil(programs / slots);
        // The last wave keeps only some multiprocessors busy: the work of `waves` full waves takes its time.
        double busy = Math.min(programs, target.multiprocessors()) / target.multiprocessors();
        double balance = waves > 1 ? programs / (waves * slots) : busy;
        double active = Math.min(resident, Math.ceil(programs / target.multiprocessors())) * facts.threads();
        double occupancy = active / target.threads();
        double hidden = Math.min(1, Math.max(occupancy / ENOUGH_OCCUPANCY, 0.05));

        double spilled = SPILL_ROUND_TRIPS * facts.spillBytes() * facts.threads() * programs;
        double bytes = work.bytesRead() + work.bytesWritten() + spilled;
        double memory = bytes / (target.bytesPerSecond() * REACHABLE * hidden * Math.max(balance, 1e-3));
        double compute = work.flops() / (target.halfFlops() * REACHABLE * Math.max(balance, 1e-3));
        return LAUNCH_NANOS + 1e9 * Math.max(memory, compute);
    }

    private static int roundUp(int value, int step) {
        return (value + step - 1) / step * step;
    }
}
