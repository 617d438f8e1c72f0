package dev.perihelion.sweep.stage;

import dev.perihelion.sweep.TuningTask;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tuning tasks that this process has read lately: every Spark task asks for one, and their texts hold whole files. */
final class ParsedTasks {

    private static final int KEPT = 32;

    private static final Map<String, TuningTask> BY_JSON = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TuningTask> eldest) {
            return size() > KEPT;
        }
    };

    private ParsedTasks() {}

    static TuningTask of(String json) {
        synchronized (BY_JSON) {
            return BY_JSON.computeIfAbsent(json, TuningTask::fromJson);
        }
    }
}
