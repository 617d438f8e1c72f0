package dev.perihelion.search.trial;

import java.util.OptionalDouble;

/**
 * What a trial ended with.
 *
 * @param outcome how it ended
 * @param latencyNanos the objective, smaller is better: the median device time of one call, or its estimate. Present
 *     where {@link Outcome#hasLatency()}; a {@link Outcome#DUPLICATE} carries its original's if that has one; every
 *     other outcome has none: a failure is never a huge number
 * @param reason one line for a person; empty for success
 */
public record TrialResult(Outcome outcome, OptionalDouble latencyNanos, String reason) {

    public TrialResult {
        if (outcome.hasLatency() && latencyNanos.isEmpty()) {
            throw new IllegalArgumentException("A " + outcome.id() + " trial needs a latency.");
        }
        if (latencyNanos.isPresent() && !outcome.hasLatency() && outcome != Outcome.DUPLICATE) {
            throw new IllegalArgumentException("A " + outcome.id() + " trial cannot have a latency.");
        }
        if (latencyNanos.isPresent() && !(latencyNanos.getAsDouble() > 0)) {
            throw new IllegalArgumentException("Not a latency: " + latencyNanos.getAsDouble() + " ns.");
        }
    }

    /** A result timed on a device. */
    public static TrialResult measured(double latencyNanos) {
        return new TrialResult(Outcome.MEASURED, OptionalDouble.of(latencyNanos), "");
    }

    /** A result for a target that is not here. */
    public static TrialResult estimated(double latencyNanos) {
        return new TrialResult(Outcome.ESTIMATED, OptionalDouble.of(latencyNanos), "");
    }

    /** A trial that ended without a latency. */
    public static TrialResult failed(Outcome outcome, String reason) {
        return new TrialResult(outcome, OptionalDouble.empty(), reason);
    }

    /** The same program as an earlier trial's; {@code original} is that trial's result. */
    public static TrialResult duplicate(TrialResult original, String originalId) {
        return new TrialResult(Outcome.DUPLICATE, original.latencyNanos(), "same program as " + originalId);
    }
}
