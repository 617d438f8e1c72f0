package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;

/** How a check and its timing ended. */
public sealed interface MeasureOutcome {

    /**
     * Right and timed.
     *
     * @param latencyNanos the median of the samples
     * @param spreadNanos the median absolute deviation of the samples
     * @param samplesNanos every timed call, in order
     * @param level 0 where the screen ended it, 1 where it was ranked
     * @param maxError the largest difference to the reference as a fraction of what the tolerance allows; at most 1
     * @param deviceJson clocks and temperature while timing, and how it was timed (see docs/measuring.md)
     * @param busyMillis time that the device worked for this job
     * @param workerMillis wall time of the worker's handler, spare time included
     * @param spareMillis what of it went into calls that only spare time allowed
     */
    record Timed(
            double latencyNanos,
            double spreadNanos,
            double[] samplesNanos,
            int level,
            double maxError,
            String deviceJson,
            double busyMillis,
            double workerMillis,
            double spareMillis)
            implements MeasureOutcome {}

    /** Right, on a worker that cannot time. */
    record Checked(double maxError) implements MeasureOutcome {}

    /**
     * Neither.
     *
     * @param outcome wrong_result, launch_error, out_of_resources, run_timeout, worker_died or infrastructure
     * @param reason one line
     * @param busyMillis time that the device worked for this job; 0 where unknown
     * @param workerMillis wall time of the worker's handler; 0 where unknown
     */
    record Failed(Outcome outcome, String reason, double busyMillis, double workerMillis) implements MeasureOutcome {

        /** Nothing is known of the times. */
        public Failed(Outcome outcome, String reason) {
            this(outcome, reason, 0, 0);
        }
    }
}
