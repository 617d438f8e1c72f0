package dev.perihelion.sweep.store;

import dev.perihelion.sweep.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What a compaction did.
 *
 * @param tasks that were looked at, in the order of their sweeps
 * @param leftOut why a sweep (its id) or a task ({@code SWEEP/TASK}) was left as it is
 */
public record CompactionReport(List<Task> tasks, Map<String, String> leftOut) {

    /**
     * One task.
     *
     * @param problem why it was left as it is, one sentence; empty where it was not
     * @param leftovers unfinished files of killed writers that were deleted
     */
    public record Task(
            String sweep,
            String task,
            long filesBefore,
            long filesAfter,
            long bytesBefore,
            long bytesAfter,
            long leftovers,
            String problem) {}

    public CompactionReport {
        tasks = List.copyOf(tasks);
        leftOut = new LinkedHashMap<>(leftOut);
    }

    /** Whether a task could not be compacted. */
    public boolean hasProblems() {
        return tasks.stream().anyMatch(task -> !task.problem().isEmpty());
    }

    /** Over all tasks. */
    public long sum(ToLongFunction<Task> of) {
        return tasks.stream().mapToLong(of).sum();
    }

    /** One JSON document. */
    public String toJson() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("files_before", sum(Task::filesBefore));
        document.put("files_after", sum(Task::filesAfter));
        document.put("bytes_before", sum(Task::bytesBefore));
        document.put("bytes_after", sum(Task::bytesAfter));
        document.put("leftovers_deleted", sum(Task::leftovers));
        document.put("tasks", tasks.stream().map(CompactionReport::fields).toList());
        document.put("left_out", leftOut);
        return Json.writePretty(document).strip();
    }

    private static Map<String, Object> fields(Task task) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sweep", task.sweep());
        fields.put("task", task.task());
        fields.put("files_before", task.filesBefore());
        fields.put("files_after", task.filesAfter());
        fields.put("bytes_before", task.bytesBefore());
        fields.put("bytes_after", task.bytesAfter());
        fields.put("leftovers_deleted", task.leftovers());
        fields.put("problem", task.problem());
        return fields;
    }
}
