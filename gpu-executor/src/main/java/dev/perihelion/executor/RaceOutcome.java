package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;
import java.util.List;
import java.util.Optional;

/** How a race ended. What the samples mean is decided elsewhere. */
public sealed interface RaceOutcome {

    /**
     * It was run.
     *
     * @param lanes the entrants in their order, then the control
     * @param deviceJson clocks and temperature while timing, and how it was timed (see docs/measuring.md)
     * @param busyMillis time that the device worked for this job
     * @param workerMillis wall time of the worker's handler
     */
    record Raced(List<Lane> lanes, String deviceJson, double busyMillis, double workerMillis) implements RaceOutcome {

        /** Keeps a copy. */
        public Raced {
            lanes = List.copyOf(lanes);
        }
    }

    /**
     * One program's part.
     *
     * @param name the entrant's; the control's is that of the entrant it copies
     * @param control whether it is the second copy of the first entrant
     * @param samplesNanos by round, so that equal places of two lanes belong together; fewer where the lane was eliminated,
     *     none where it failed
     * @param maxError the largest difference to the reference over all seeds, as a fraction of what the tolerance allows
     * @param failure why it did not take part; empty where it did
     * @param reason one line; empty where it took part
     */
    record Lane(
            String name,
            boolean control,
            double[] samplesNanos,
            double maxError,
            Optional<Outcome> failure,
            String reason) {}

    /**
     * It was not.
     *
     * @param outcome run_timeout, worker_died, infrastructure, or what befell the incumbent
     * @param reason one line
     */
    record Failed(Outcome outcome, String reason) implements RaceOutcome {}
}
