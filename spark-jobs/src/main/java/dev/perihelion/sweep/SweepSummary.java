package dev.perihelion.sweep;

import java.util.List;

/**
 * What came of a sweep.
 *
 * @param sweep its id in the store
 * @param stopped whether it was stopped before its end
 * @param tasks those that were run, in order
 * @param saved what searches that brought nothing any more did not spend
 */
public record SweepSummary(String sweep, boolean stopped, List<TaskSummary> tasks, Savings saved) {

    /** Nothing was saved. */
    public SweepSummary(String sweep, boolean stopped, List<TaskSummary> tasks) {
        this(sweep, stopped, tasks, Savings.NONE);
    }

    public SweepSummary {
        tasks = List.copyOf(tasks);
    }

    /** Whether at least one task has a valid configuration. */
    public boolean foundAnything() {
        return tasks.stream().anyMatch(task -> task.best().isPresent());
    }
}
