package dev.perihelion.search.sim;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.forest.RandomForest;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Outcome;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * A recording with gaps, which forests that were fitted to it fill: one says what fails, others give latency and costs.
 * What they say is smoother than the truth, so results on it are weaker evidence; its name and every such result say so.
 */
public final class SurrogateLandscape implements Landscape {

    private static final long SEED = 1;
    private static final int TREES = 60;
    private static final double LEAST_MILLIS = 1e-3;

    private final RecordedTable table;
    private final RandomForest logNanos;
    private final RandomForest logCompileMillis;
    private final RandomForest logMeasureMillis;
    private final RandomForest works;
    private final Outcome usualFailure;
    private final Map<Configuration, RecordedRow> guesses = new ConcurrentHashMap<>();

    private SurrogateLandscape(RecordedTable table) {
        this.table = table;
        List<RecordedRow> all = List.copyOf(table.rows());
        List<RecordedRow> measured =
                all.stream().filter(row -> row.latencyNanos().isPresent()).toList();
        this.logNanos = regression(measured, row -> row.latencyNanos().getAsDouble());
        this.logCompileMillis = regression(all, RecordedRow::compileMillis);
        this.logMeasureMillis = regression(measured, RecordedRow::measureMillis);
        double[] weights = new double[all.size()];
        Arrays.fill(weights, 1);
        this.works = RandomForest.fitClassification(
                rows(all),
                all.stream()
                        .mapToDouble(row -> row.latencyNanos().isPresent() ? 1 : 0)
                        .toArray(),
                weights,
                ForestOptions.standard().withTrees(TREES),
                SEED);
        this.usualFailure = usualFailure(all);
    }

    /** Fits a surrogate around a recording. */
    public static SurrogateLandscape of(RecordedTable table) {
        return new SurrogateLandscape(table);
    }

    @Override
    public String name() {
        return table.name() + " (surrogate)";
    }

    @Override
    public SearchSpace space() {
        return table.space();
    }

    @Override
    public RecordedRow at(Configuration configuration) {
        return table.row(configuration).orElseGet(() -> guesses.computeIfAbsent(configuration, this::guess));
    }

    @Override
    public boolean isRecorded(Configuration configuration) {
        return table.isRecorded(configuration);
    }

    @Override
    public double bestNanos() {
        return table.bestNanos();
    }

    @Override
    public double[] sortedNanos() {
        return table.sortedNanos();
    }

    @Override
    public double leastMillis(double fraction) {
        return table.leastMillis(fraction);
    }

    @Override
    public int size() {
        return table.size();
    }

    private RecordedRow guess(Configuration configuration) {
        space().violation(configuration).ifPresent(reason -> {
            throw new IllegalArgumentException("The surrogate of " + table.name() + " has no answer: " + reason);
        });
        double[] x = space().encode(configuration);
        double compile = Math.exp(logCompileMillis.predict(x));
        if (works.predict(x) < 0.5) {
            double measure = RecordedRow.endsInCompiler(usualFailure) ? 0 : Math.exp(logMeasureMillis.predict(x));
            return RecordedRow.failed(configuration, usualFailure, "a surrogate's guess", compile, measure);
        }
        return new RecordedRow(
                configuration,
                Outcome.MEASURED,
                "",
                OptionalDouble.of(Math.exp(logNanos.predict(x))),
                List.of(),
                compile,
                Math.exp(logMeasureMillis.predict(x)),
                "",
                Collections.emptySortedMap());
    }

    private RandomForest regression(List<RecordedRow> rows, ToDoubleFunction<RecordedRow> value) {
        double[] logs = rows.stream()
                .mapToDouble(row -> Math.log(Math.max(LEAST_MILLIS, value.applyAsDouble(row))))
                .toArray();
        return RandomForest.fitRegression(
                rows(rows), logs, ForestOptions.standard().withTrees(TREES), SEED);
    }

    private double[][] rows(List<RecordedRow> rows) {
        return rows.stream().map(row -> space().encode(row.configuration())).toArray(double[][]::new);
    }

    private static Outcome usualFailure(List<RecordedRow> rows) {
        Map<Outcome, Integer> counts = new HashMap<>();
        rows.stream()
                .filter(row -> row.latencyNanos().isEmpty())
                .forEach(row -> counts.merge(row.outcome(), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Comparator.<Map.Entry<Outcome, Integer>>comparingInt(Map.Entry::getValue)
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .orElse(Outcome.LAUNCH_ERROR);
    }
}
