package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.store.TrialRow;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Counts and the best of one task's trials. The measuring thread reads the best while the driver adds. */
final class TrialTally {

    private final TaskPlan plan;
    private final Map<Long, TrialRow> rows = new TreeMap<>();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private double measureSeconds;
    private double searchSeconds;
    private TrialRow best;

    TrialTally(TaskPlan plan) {
        this.plan = plan;
    }

    synchronized void add(TrialRow row) {
        rows.put(row.trial().number(), row);
        outcomes.merge(row.result().outcome(), 1L, Long::sum);
        measureSeconds += row.measureMillis() / 1e3;
        boolean valid = row.result().outcome().hasLatency();
        if (valid && (best == null || nanos(row) < nanos(best))) {
            best = row;
        }
    }

    private static double nanos(TrialRow row) {
        return row.result().latencyNanos().orElseThrow();
    }

    synchronized void searched(double seconds) {
        searchSeconds = seconds;
    }

    synchronized double searchSeconds() {
        return searchSeconds;
    }

    synchronized double measureSeconds() {
        return measureSeconds;
    }

    synchronized long trials() {
        return rows.size();
    }

    synchronized TrialRow row(long number) {
        return rows.get(number);
    }

    synchronized Map<Outcome, Long> outcomes() {
        return Collections.unmodifiableMap(new EnumMap<>(outcomes));
    }

    /** The fastest trial; of equal ones the first. */
    synchronized Optional<TrialRow> best() {
        return Optional.ofNullable(best);
    }

    synchronized OptionalDouble bestNanos() {
        return best == null ? OptionalDouble.empty() : best.result().latencyNanos();
    }

    synchronized OptionalDouble defaultNanos() {
        TrialRow row = rows.get(0L);
        return row == null ? OptionalDouble.empty() : row.result().latencyNanos();
    }

    synchronized ProgressListener.Batch batch(String task, double seconds) {
        return new ProgressListener.Batch(
                task,
                trials(),
                plan.task().budget().evaluations(),
                outcomes(),
                defaultNanos(),
                bestNanos(),
                plan.measured(),
                trials() / Math.max(seconds, 1e-9));
    }
}
