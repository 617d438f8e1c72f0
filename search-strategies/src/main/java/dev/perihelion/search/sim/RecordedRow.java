package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One configuration that was tried on a device, with what it cost.
 *
 * @param configuration what was tried
 * @param outcome how it ended; never {@link Outcome#DUPLICATE} or {@link Outcome#INFRASTRUCTURE}, which say nothing of the
 *     configuration
 * @param reason of a failure, one line; empty for success
 * @param latencyNanos the median of the samples, or the one figure that the recording has; present where the outcome has
 *     a latency
 * @param samplesNanos every timed call in nanoseconds, in order; empty where the recording kept none
 * @param compileMillis what it cost to compile
 * @param measureMillis what it cost on the device: checks and timed calls
 * @param program names the generated program; rows of one program are duplicates of each other. Empty where unknown
 * @param facts what else was recorded, numbers by name: {@code registers}, {@code spill_bytes}, {@code shared_bytes}
 */
public record RecordedRow(
        Configuration configuration,
        Outcome outcome,
        String reason,
        OptionalDouble latencyNanos,
        List<Double> samplesNanos,
        double compileMillis,
        double measureMillis,
        String program,
        SortedMap<String, Double> facts) {

    public RecordedRow {
        samplesNanos = List.copyOf(samplesNanos);
        facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
        if (outcome == Outcome.DUPLICATE || outcome == Outcome.INFRASTRUCTURE) {
            throw new IllegalArgumentException("A recorded row cannot be `" + outcome.id() + "`.");
        }
        if (outcome.hasLatency() != latencyNanos.isPresent()) {
            throw new IllegalArgumentException("The row of " + configuration + " ended as `" + outcome.id() + "` and "
                    + (latencyNanos.isPresent() ? "has a latency, which it cannot have." : "lacks a latency."));
        }
        if (!(compileMillis >= 0) || !(measureMillis >= 0)) {
            throw new IllegalArgumentException("The row of " + configuration + " has costs that are not times: "
                    + compileMillis + " ms to compile, " + measureMillis + " ms to measure.");
        }
    }

    /** A row with a latency; of the samples' median where there are samples. */
    public static RecordedRow measured(
            Configuration configuration, List<Double> samplesNanos, double compileMillis, double measureMillis) {
        return new RecordedRow(
                configuration,
                Outcome.MEASURED,
                "",
                OptionalDouble.of(Statistics.median(samplesNanos)),
                samplesNanos,
                compileMillis,
                measureMillis,
                "",
                Collections.emptySortedMap());
    }

    /** A row without a latency. */
    public static RecordedRow failed(
            Configuration configuration, Outcome outcome, String reason, double compileMillis, double measureMillis) {
        return new RecordedRow(
                configuration,
                outcome,
                reason,
                OptionalDouble.empty(),
                List.of(),
                compileMillis,
                measureMillis,
                "",
                Collections.emptySortedMap());
    }

    /** Whether it ended before it reached a device, so that it cost no device time. */
    public boolean endedInCompiler() {
        return endsInCompiler(outcome);
    }

    static boolean endsInCompiler(Outcome outcome) {
        return outcome == Outcome.COMPILE_ERROR
                || outcome == Outcome.COMPILE_TIMEOUT
                || outcome == Outcome.OUT_OF_RESOURCES;
    }

    /** Rows by configuration, in the given order; of two rows of one configuration the first counts. */
    static Map<Configuration, RecordedRow> byConfiguration(List<RecordedRow> rows) {
        Map<Configuration, RecordedRow> map = new java.util.LinkedHashMap<>();
        rows.forEach(row -> map.putIfAbsent(row.configuration(), row));
        return Collections.unmodifiableMap(map);
    }
}
