package dev.perihelion.search.sim;

import java.util.List;
import java.util.Optional;

/**
 * What a simulated search found and spent.
 *
 * <p>The incumbent is the configuration that the search believes to be the fastest, by what it measured. Its worth is the
 * recorded latency, which a noisy measurement does not change.
 *
 * @param incumbents every change of the incumbent, in order of time; empty if nothing worked
 * @param spent in all
 * @param bestNanos the best known latency
 * @param ended why: {@code best}, {@code budget}, {@code time} or {@code exhausted}
 */
public record Trajectory(List<Incumbent> incumbents, Spent spent, double bestNanos, String ended) {

    /**
     * A new incumbent.
     *
     * @param at what was spent when it was told
     * @param latencyNanos its recorded latency
     * @param recorded whether that was measured, rather than a surrogate's guess
     */
    public record Incumbent(Spent at, double latencyNanos, boolean recorded) {}

    /**
     * Costs up to a moment.
     *
     * @param evaluations told, failures included, duplicates left out
     * @param seconds of virtual time
     * @param gpuSeconds that devices were busy with what was told
     * @param compileSeconds that compile cores were busy with what was told
     * @param failures evaluations that ended without a latency
     * @param failedGpuSeconds of the device time, spent on failures
     * @param duplicates told without cost, because an earlier one generated the same program
     * @param surrogates evaluations that a surrogate answered
     */
    public record Spent(
            long evaluations,
            double seconds,
            double gpuSeconds,
            double compileSeconds,
            long failures,
            double failedGpuSeconds,
            long duplicates,
            long surrogates) {

        /** Nothing yet. */
        public static final Spent NOTHING = new Spent(0, 0, 0, 0, 0, 0, 0, 0);
    }

    public Trajectory {
        incumbents = List.copyOf(incumbents);
    }

    /**
     * What had been spent when the incumbent first was within a fraction of the best known; empty if it never was.
     *
     * @param fraction 0.05 for 5 %
     */
    public Optional<Spent> within(double fraction) {
        return incumbents.stream()
                .filter(incumbent -> incumbent.latencyNanos() <= bestNanos * (1 + fraction))
                .map(Incumbent::at)
                .findFirst();
    }

    /** The incumbent's recorded latency after so many evaluations; empty before anything worked. */
    public Optional<Double> latencyAfter(long evaluations) {
        return last(incumbents.stream()
                .takeWhile(incumbent -> incumbent.at().evaluations() <= evaluations)
                .toList());
    }

    /** The incumbent's recorded latency after so many seconds of virtual time; empty before anything worked. */
    public Optional<Double> latencyAfterSeconds(double seconds) {
        return last(incumbents.stream()
                .takeWhile(incumbent -> incumbent.at().seconds() <= seconds)
                .toList());
    }

    private static Optional<Double> last(List<Incumbent> reached) {
        return reached.isEmpty()
                ? Optional.empty()
                : Optional.of(reached.get(reached.size() - 1).latencyNanos());
    }
}
