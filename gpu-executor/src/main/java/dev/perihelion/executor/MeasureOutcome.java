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
     * @param deviceJson clocks and temperature while timing (see docs/measuring.md)
     */
    record Timed(
            double latencyNanos,
            double spreadNanos,
            double[] samplesNanos,
            int level,
            double maxError,
            String deviceJson)
            implements MeasureOutcome {}

    /** Right, on a worker that cannot time. */
    record Checked(double maxError) implements MeasureOutcome {}

    /**
     * Neither.
     *
     * @param outcome wrong_result, launch_error, out_of_resources, run_timeout, worker_died or infrastructure
     * @param reason one line
     */
    record Failed(Outcome outcome, String reason) implements MeasureOutcome {}
}
