package dev.perihelion.sweep.store;

import dev.perihelion.sweep.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What {@link StoreCheck} found.
 *
 * @param location of the store
 * @param sweeps rows that could be read
 * @param tasks rows that could be read
 * @param trials rows that could be read, repeated ones too
 * @param events lines of event logs
 * @param files Parquet files and event logs
 * @param bytes of those files
 * @param problems in the order of the files
 */
public record StoreReport(
        String location,
        long sweeps,
        long tasks,
        long trials,
        long events,
        long files,
        long bytes,
        List<StoreProblem> problems) {

    public StoreReport {
        problems = List.copyOf(problems);
    }

    /** Rows of all tables. */
    public long rows() {
        return sweeps + tasks + trials;
    }

    /** One JSON document. */
    public String toJson() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("store", location);
        document.put("sweeps", sweeps);
        document.put("tasks", tasks);
        document.put("trials", trials);
        document.put("events", events);
        document.put("files", files);
        document.put("rows", rows());
        document.put("bytes", bytes);
        List<Map<String, Object>> list = new ArrayList<>();
        for (StoreProblem problem : problems) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("kind", problem.kind().id());
            entry.put("file", problem.file());
            entry.put("row", orNull(problem.row()));
            entry.put("what", problem.what());
            entry.put("action", problem.action());
            list.add(entry);
        }
        document.put("problems", list);
        return Json.writePretty(document).strip();
    }

    private static Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
