package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.store.TrialRow;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Counts and the best of one task's trials. */
final class TrialTally {

    private final TaskPlan plan;
    private final Map<Long, TrialRow> rows = new TreeMap<>();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private double measureSeconds;
    private TrialRow best;

    TrialTally(TaskPlan plan) {
        this.plan = plan;
    }

    void add(TrialRow row) {
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

    double measureSeconds() {
        return measureSeconds;
    }

    long trials() {
        return rows.size();
    }

    TrialRow row(long number) {
        return rows.get(number);
    }

    Optional<TrialRow> byId(String id) {
        return rows.values().stream().filter(row -> row.id().equals(id)).findFirst();
    }

    Map<Outcome, Long> outcomes() {
        return Collections.unmodifiableMap(new EnumMap<>(outcomes));
    }

    /** All trials by number. */
    Collection<TrialRow> rows() {
        return Collections.unmodifiableCollection(rows.values());
    }

    /** The fastest trial; of equal ones the first. */
    Optional<TrialRow> best() {
        return Optional.ofNullable(best);
    }

    OptionalDouble bestNanos() {
        return best == null ? OptionalDouble.empty() : best.result().latencyNanos();
    }

    OptionalDouble defaultNanos() {
        TrialRow row = rows.get(0L);
        return row == null ? OptionalDouble.empty() : row.result().latencyNanos();
    }

    ProgressListener.Batch batch(String task, SearchStatistics statistics) {
        return new ProgressListener.Batch(
                task,
                trials(),
                statistics.replayedTrials(),
                plan.task().budget().evaluations(),
                outcomes(),
                defaultNanos(),
                bestNanos(),
                plan.measured(),
                statistics.trialsPerSecond(),
                statistics.gpus() > 0 ? OptionalDouble.of(statistics.gpuBusyShare()) : OptionalDouble.empty(),
                statistics.gpus(),
                statistics.gpuBusySeconds());
    }
}
