package dev.perihelion.sweep.run;

import dev.perihelion.sweep.SweepBudget;
import java.util.Collection;

/**
 * The limit of a whole sweep. Some of its time is kept for the races at the tasks' ends: as much as they took so far, for each
 * task that has none behind it.
 */
final class SweepLimit {

    /** What a task's end takes before any has been seen, seconds on one GPU. */
    private static final double USUAL_END_SECONDS = 5;

    /** At most this part of the time is kept. */
    private static final double MOST_KEPT = 0.5;

    private final SweepBudget budget;
    private final long before;
    private final int gpus;
    private final long startNanos;
    private double endSeconds;
    private int ends;

    /**
     * @param before trials of earlier runs
     * @param gpus on which tasks can end at the same time
     */
    SweepLimit(SweepBudget budget, long before, int gpus, long startNanos) {
        this.budget = budget;
        this.before = before;
        this.gpus = Math.max(1, gpus);
        this.startNanos = startNanos;
    }

    /** Whether there is one, so that tasks compete for the time. */
    boolean exists() {
        return !budget.isNone();
    }

    /** Takes in how long a measured task took to end. */
    void ended(double seconds) {
        endSeconds += seconds;
        ends++;
    }

    /**
     * Trials that may still be asked for.
     *
     * @param begun all tasks that have begun in this run
     */
    long evaluationsLeft(Collection<SweepEntry> begun) {
        if (budget.evaluations().isEmpty()) {
            return Long.MAX_VALUE;
        }
        long used = before;
        for (SweepEntry entry : begun) {
            used += entry.toldNow();
            if (entry.isSearching()) {
                used += entry.task.search().promised();
            }
        }
        return Math.max(0, budget.evaluations().getAsLong() - used);
    }

    /** Whether no more trials may be asked for, and none is under way. */
    boolean evaluationsAreUsed(Collection<SweepEntry> begun) {
        return evaluationsLeft(begun) == 0
                && begun.stream()
                        .filter(SweepEntry::isSearching)
                        .allMatch(entry -> entry.task.search().promised() == 0);
    }

    /** Whether the time is over. */
    boolean timeIsOver(long nowNanos) {
        return budget.minutes().isPresent() && secondsLeft(nowNanos) <= 0;
    }

    /**
     * Whether one more task should end now, so that all have ended when the time is over.
     *
     * @param toEnd tasks that search or end now
     */
    boolean timeToEnd(int toEnd, long nowNanos) {
        if (budget.minutes().isEmpty()) {
            return false;
        }
        double one = ends == 0 ? USUAL_END_SECONDS : endSeconds / ends;
        double kept =
                Math.min(one * toEnd / gpus, MOST_KEPT * 60 * budget.minutes().getAsDouble());
        return secondsLeft(nowNanos) <= kept;
    }

    /** Seconds until the time is over; infinite where there is no such limit. */
    double secondsLeft(long nowNanos) {
        return budget.minutes().isEmpty()
                ? Double.POSITIVE_INFINITY
                : 60 * budget.minutes().getAsDouble() - (nowNanos - startNanos) / 1e9;
    }
}
