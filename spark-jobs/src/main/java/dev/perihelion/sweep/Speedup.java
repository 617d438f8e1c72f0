package dev.perihelion.sweep;

import java.util.Collection;
import java.util.Optional;
import java.util.OptionalDouble;

/** How many times as fast a task's answer is as its default configuration. */
public final class Speedup {

    private Speedup() {}

    /**
     * The speed-up of one task: by the last comparison where there was one, else by the search; 1 where the default is the
     * answer.
     *
     * @param confirmation the last comparison
     * @param defaultNanos the default in the search; empty where it failed
     * @param best the answer; empty where nothing was valid
     */
    public static OptionalDouble of(
            Optional<Confirmation> confirmation, OptionalDouble defaultNanos, Optional<TaskSummary.Best> best) {
        if (best.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (confirmation.isPresent()) {
            Confirmation last = confirmation.get();
            return OptionalDouble.of(last.accepted() ? last.defaultNanos() / last.bestNanos() : 1);
        }
        return defaultNanos.isPresent()
                ? OptionalDouble.of(defaultNanos.getAsDouble() / best.get().latencyNanos())
                : OptionalDouble.empty();
    }

    /** The geometric mean; empty for none. */
    public static OptionalDouble mean(Collection<Double> speedups) {
        OptionalDouble logarithm = speedups.stream().mapToDouble(Math::log).average();
        return logarithm.isPresent() ? OptionalDouble.of(Math.exp(logarithm.getAsDouble())) : OptionalDouble.empty();
    }
}
