package dev.perihelion.sweep.run;

import dev.perihelion.search.space.Configuration;

/**
 * A task's answer, timed again: what was claimed and what is measured now, in a fresh worker process, against the default
 * configuration.
 *
 * @param taskId of the task in the sweep
 * @param configuration the answer
 * @param claimedNanos the latency that the store has for it
 * @param nowNanos its median latency now; NaN where it could not be timed
 * @param defaultNanos the default configuration's median latency now; NaN where it could not be timed
 * @param low lower end of the 95 % interval of {@code nowNanos}
 * @param high upper end of that interval
 * @param noiseFloor how far two copies of the answer differed, as a fraction; NaN where it could not be timed
 * @param problem why it could not be timed, a sentence; empty where it was
 */
public record Verified(
        String taskId,
        Configuration configuration,
        double claimedNanos,
        double nowNanos,
        double defaultNanos,
        double low,
        double high,
        double noiseFloor,
        String problem) {

    /** The difference to the claim, as a fraction of the claim; above 0 where it is slower now. */
    public double drift() {
        return nowNanos / claimedNanos - 1;
    }
}
