package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Small tables whose times can be worked out by hand. */
final class Tables {

    private Tables() {}

    static Configuration point(long x) {
        return Configuration.of(Map.of("x", x));
    }

    static SearchSpace line(int size) {
        return new SearchSpace(List.of(new IntegerParameter(ParameterName.scalar("x"), 0, size - 1, 0)), List.of());
    }

    /** A row of {@code x}: one sample, so that noise changes nothing. */
    static RecordedRow row(long x, double micros, double compileMillis, double measureMillis) {
        return RecordedRow.measured(point(x), List.of(micros * 1e3), compileMillis, measureMillis);
    }

    static RecordedRow failure(long x, Outcome outcome, double compileMillis, double measureMillis) {
        return RecordedRow.failed(point(x), outcome, "for the test", compileMillis, measureMillis);
    }

    static RecordedRow ofProgram(RecordedRow row, String program) {
        return new RecordedRow(
                row.configuration(),
                row.outcome(),
                row.reason(),
                row.latencyNanos(),
                row.samplesNanos(),
                row.compileMillis(),
                row.measureMillis(),
                program,
                row.facts());
    }

    static RecordedTable table(List<RecordedRow> rows) {
        return new RecordedTable("line-test", "line", "test", line(rows.size()), rows, true);
    }

    /** Points 0 to size-1, the last the fastest; 10 ms to compile and 5 ms to measure each. */
    static RecordedTable slope(int size) {
        List<RecordedRow> rows = new ArrayList<>();
        for (int x = 0; x < size; x++) {
            rows.add(row(x, 100 + (size - 1 - x), 10, 5));
        }
        return table(rows);
    }

    static RecordedRow noisy(long x, List<Double> samplesNanos) {
        return new RecordedRow(
                point(x),
                Outcome.MEASURED,
                "",
                OptionalDouble.of(Statistics.median(samplesNanos)),
                samplesNanos,
                1,
                1,
                "",
                new TreeMap<>());
    }
}
