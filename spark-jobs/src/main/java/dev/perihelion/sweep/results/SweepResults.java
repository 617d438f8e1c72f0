package dev.perihelion.sweep.results;

import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.store.StoreException;
import dev.perihelion.sweep.store.TrialStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A sweep's results.
 *
 * @param sweep its id
 * @param tasks those that have begun, in the order in which they did
 */
public record SweepResults(String sweep, List<TaskResult> tasks) {

    public SweepResults {
        tasks = List.copyOf(tasks);
    }

    /**
     * Reads a sweep, finished or not.
     *
     * @param idOrLatest an id, or {@code latest}
     * @throws StoreException if it is not there
     */
    public static SweepResults read(TrialStore store, String idOrLatest) {
        String sweep = store.resolve(idOrLatest);
        List<TaskResult> tasks = new ArrayList<>();
        forEach(store, sweep, tasks::add);
        return new SweepResults(sweep, tasks);
    }

    /**
     * Reads the tasks that have begun, one after the other, as the trials of a large sweep do not fit into memory at once.
     *
     * @param sweep an id
     */
    public static void forEach(TrialStore store, String sweep, Consumer<TaskResult> reader) {
        store.tasks(sweep).forEach((id, row) -> reader.accept(new TaskResult(id, row, store.trials(sweep, id))));
    }

    /** Whether at least one task has a valid configuration. */
    public boolean foundAnything() {
        return tasks.stream().anyMatch(task -> task.best().isPresent());
    }

    /** The document of {@code perihelion results --json}. */
    public String toJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("sweep", sweep);
        map.put("tasks", tasks.stream().map(TaskResult::toJsonMap).toList());
        return Json.writePretty(map);
    }

    /** The fastest configurations of each task, for a table. */
    public List<Line> table(int perTask) {
        List<Line> lines = new ArrayList<>();
        for (TaskResult task : tasks) {
            int rank = 1;
            for (var trial : task.top(perTask)) {
                double nanos = trial.result().latencyNanos().orElseThrow();
                lines.add(new Line(
                        task.id(),
                        rank++,
                        trial.id(),
                        nanos,
                        task.defaultNanos().isPresent() ? task.defaultNanos().getAsDouble() / nanos : Double.NaN,
                        task.measured(),
                        trial.trial().origin(),
                        trial.configuration().toJson()));
            }
        }
        return lines;
    }

    /**
     * A line of the table.
     *
     * @param task its id
     * @param rank from 1, the fastest
     * @param trial its id
     * @param latencyNanos measured or estimated
     * @param speedup over the default configuration; NaN where that failed
     * @param measured whether the latency is a measurement
     * @param origin who proposed it
     * @param configJson the configuration
     */
    public record Line(
            String task,
            int rank,
            String trial,
            double latencyNanos,
            double speedup,
            boolean measured,
            String origin,
            String configJson) {}
}
