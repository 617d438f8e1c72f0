package dev.perihelion.sweep.results;

import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.store.TaskRow;
import dev.perihelion.sweep.store.TrialStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** What a store's sweeps have of tasks, whatever their strategies and budgets were. */
public final class KnownTasks {

    private record Known(String sweep, String id, TaskRow row) {}

    private final TrialStore store;
    private final List<Known> newestFirst = new ArrayList<>();

    /** Reads the rows of all tasks of a store, which may be empty or not there. */
    public KnownTasks(TrialStore store) {
        this.store = store;
        for (String sweep : store.sweeps()) {
            store.tasks(sweep).forEach((id, row) -> newestFirst.add(0, new Known(sweep, id, row)));
        }
    }

    /**
     * What is known of a task: that of the newest sweep that had the same kernel, arguments and target; else how many tasks
     * differ from it in arguments alone.
     *
     * @param measured writes a measured latency in nanoseconds
     * @param estimated writes an estimated one
     */
    public String describe(TuningTask task, DoubleFunction<String> measured, DoubleFunction<String> estimated) {
        Optional<Known> same = newestFirst.stream()
                .filter(known -> isNear(task, known.row().task())
                        && known.row().task().argumentValues().equals(task.argumentValues()))
                .findFirst();
        if (same.isPresent()) {
            return describe(task, same.get(), measured, estimated);
        }
        long near = newestFirst.stream()
                .map(known -> known.row().task())
                .filter(known -> isNear(task, known))
                .map(TuningTask::argumentValues)
                .distinct()
                .count();
        return near == 0 ? "-" : near + (near == 1 ? " other shape" : " other shapes");
    }

    private String describe(
            TuningTask task, Known known, DoubleFunction<String> measured, DoubleFunction<String> estimated) {
        TaskResult result = new TaskResult(known.id(), known.row(), store.trials(known.sweep(), known.id()));
        Optional<TaskSummary.Best> best = result.best();
        String latency = best.map(found -> (result.measured() ? measured : estimated).apply(found.latencyNanos()))
                .orElse("nothing valid");
        String older = known.row().task().source().equals(task.source()) ? "" : ", file changed since";
        return known.row().state() + ", " + result.trials().size() + " trials, " + latency + " (" + known.sweep()
                + older + ")";
    }

    private static boolean isNear(TuningTask asked, TuningTask known) {
        boolean auto = asked.target().equals(TuningTask.AUTO);
        return known.kernel().equals(asked.kernel())
                && fileName(known).equals(fileName(asked))
                && (auto ? known.target().startsWith("cuda:") : known.target().equals(asked.target()));
    }

    private static String fileName(TuningTask task) {
        return task.file().replaceAll(".*[/\\\\]", "");
    }
}
