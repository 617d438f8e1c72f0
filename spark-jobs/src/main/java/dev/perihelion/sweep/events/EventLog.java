package dev.perihelion.sweep.events;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import java.io.IOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Writes what happens in a sweep as JSON, a line for each event: {@code time}, {@code kind}, {@code task} and {@code fields}
 * (docs/store.md has the kinds). A log that cannot be written is told once and never disturbs the sweep. Before the sweep has
 * started nothing is written.
 */
public final class EventLog implements ProgressListener, AutoCloseable {

    private final List<EventSink> sinks;
    private final InstantSource clock;
    private final Consumer<String> problems;
    private final TreeSet<String> told = new TreeSet<>();
    private final List<String> early = new ArrayList<>();
    private boolean started;

    /**
     * A log.
     *
     * @param sinks each gets every line
     * @param clock gives the events' times
     * @param problems hears a sentence where a log cannot be written
     */
    public EventLog(List<EventSink> sinks, InstantSource clock, Consumer<String> problems) {
        this.sinks = List.copyOf(sinks);
        this.clock = clock;
        this.problems = problems;
    }

    @Override
    public void sweepStarted(Sweep sweep, List<TuningTask> tasks) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sweep", sweep.id());
        fields.put("name", sweep.name());
        fields.put("tasks", tasks.size());
        fields.put("budget", sweep.budget().toJsonMap());
        fields.put("cold", sweep.cold());
        started = true;
        write("sweep_started", null, fields);
        early.forEach(this::append);
        early.clear();
    }

    @Override
    public void taskSkipped(String id) {
        write("task_skipped", id, Map.of());
    }

    @Override
    public void taskStarted(String id, TuningTask task, double spaceSizeLog10) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernel", task.kernel());
        fields.put("file", task.file());
        fields.put("arguments", task.argumentValues());
        fields.put("target", task.target());
        fields.put("strategy", task.strategy());
        fields.put("seed", task.seed());
        fields.put("budget", task.budget().toJsonMap());
        fields.put("priority", task.priority());
        fields.put("space_size_log10", spaceSizeLog10);
        write("task_started", id, fields);
    }

    @Override
    public void message(String text) {
        write("message", null, Map.of("text", text));
    }

    @Override
    public void batchFinished(Batch batch) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("trials", batch.trials());
        fields.put("replayed_trials", batch.replayedTrials());
        fields.put("outcomes", outcomes(batch.outcomes()));
        fields.put("measured", batch.measured());
        fields.put("default_latency_ns", orNull(batch.defaultNanos()));
        fields.put("best_latency_ns", orNull(batch.bestNanos()));
        fields.put("trials_per_second", batch.trialsPerSecond());
        fields.put("gpus", batch.gpus());
        fields.put("gpu_busy_seconds", batch.gpuBusySeconds());
        write("progress", batch.task(), fields);
    }

    @Override
    public void taskFinished(TaskSummary summary) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("state", summary.state());
        fields.put("problem", summary.problem());
        fields.put("device", summary.device().orElse(null));
        fields.put("measured", summary.measured());
        fields.put("trials", summary.trials());
        fields.put("outcomes", outcomes(summary.outcomes()));
        fields.put("default_latency_ns", orNull(summary.defaultNanos()));
        fields.put("best", summary.best().map(EventLog::best).orElse(null));
        fields.put(
                "confirmation",
                summary.confirmation()
                        .map(Confirmation::toJson)
                        .map(Json::readObject)
                        .orElse(null));
        fields.put("warm_start", summary.warmStart().counts());
        fields.put("statistics", summary.statistics().toJsonMap());
        write("task_finished", summary.id(), fields);
    }

    @Override
    public void sweepFinished(SweepSummary summary) {
        Map<String, Object> states = new LinkedHashMap<>();
        summary.tasks().forEach(task -> states.merge(task.state(), 1, (a, b) -> (Integer) a + (Integer) b));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("stopped", summary.stopped());
        fields.put("tasks", states);
        fields.put("saved_tasks", summary.saved().tasks());
        fields.put("saved_evaluations", summary.saved().evaluations());
        fields.put("saved_seconds", summary.saved().seconds());
        write("sweep_finished", null, fields);
    }

    /** Ends the logs. */
    @Override
    public void close() {
        for (EventSink sink : sinks) {
            try {
                sink.close();
            } catch (IOException e) {
                failed(sink, e);
            }
        }
    }

    private static Map<String, Object> best(TaskSummary.Best best) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("trial", best.trial());
        map.put("latency_ns", best.latencyNanos());
        map.put("config", best.configuration().values());
        return map;
    }

    private static Map<String, Long> outcomes(Map<Outcome, Long> outcomes) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            if (outcomes.getOrDefault(outcome, 0L) > 0) {
                counts.put(outcome.id(), outcomes.get(outcome));
            }
        }
        return counts;
    }

    private static Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private void write(String kind, String task, Map<String, ?> fields) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        event.put("kind", kind);
        event.put("task", task);
        event.put("fields", fields);
        String line = Json.write(event);
        if (started) {
            append(line);
        } else {
            early.add(line);
        }
    }

    private void append(String line) {
        for (EventSink sink : sinks) {
            try {
                sink.append(line);
            } catch (IOException e) {
                failed(sink, e);
            }
        }
    }

    private void failed(EventSink sink, IOException problem) {
        if (told.add(sink.location())) {
            problems.accept("The event log " + sink.location() + " cannot be written (" + problem
                    + "). The sweep goes on; later events are tried all the same.");
        }
    }
}
