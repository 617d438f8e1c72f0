package dev.perihelion.sweep.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Savings;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.WarmStart;
import dev.perihelion.sweep.fake.TestTasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class EventLogTest {

    private static final TuningTask TASK = TestTasks.task("cuda:90", "pattern", 400);

    @TempDir
    Path folder;

    private final List<String> problems = new ArrayList<>();

    @Test
    void everyEventIsALineOfJson() throws IOException {
        Path file = folder.resolve("new/events.jsonl");
        try (EventLog log = log(List.of(new EventFile(file)))) {
            play(log);
        }
        assertThat(Files.readString(file).replace(TASK.id(), "TASK")).isEqualTo("""
                {"time":"2026-11-23T23:35:12Z","kind":"sweep_started","task":null,"fields":{"sweep":"s","name":"n","tasks":1,"budget":{"minutes":90.0},"cold":true}}
                {"time":"2026-11-23T23:35:12Z","kind":"message","task":null,"fields":{"text":"Early \\"words\\"."}}
                {"time":"2026-11-23T23:35:12Z","kind":"task_skipped","task":"other","fields":{}}
                {"time":"2026-11-23T23:35:12Z","kind":"task_started","task":"TASK","fields":{"kernel":"softmax","file":"kernels/softmax.py","arguments":{"x":"f16[4096,2560]"},"target":"cuda:90","strategy":"pattern","seed":7,"budget":{"evaluations":400},"priority":0,"space_size_log10":9.5}}
                {"time":"2026-11-23T23:35:12Z","kind":"progress","task":"TASK","fields":{"trials":3,"replayed_trials":1,"outcomes":{"measured":2,"compile_error":1},"measured":true,"default_latency_ns":2000.0,"best_latency_ns":null,"trials_per_second":1.5,"gpus":2,"gpu_busy_seconds":0.25}}
                {"time":"2026-11-23T23:35:12Z","kind":"task_finished","task":"TASK","fields":{"state":"done","problem":"","device":"GPU","measured":true,"trials":3,"outcomes":{"measured":2,"compile_error":1},"default_latency_ns":2000.0,"best":{"trial":"TASK-00001","latency_ns":1000.0,"config":{"num_warps":4}},"confirmation":null,"warm_start":{"s/near":1},"statistics":{"trials":2,"replayed_trials":1,"search_seconds":2.0,"trials_per_second":1.0,"gpus":2,"gpu_busy_share":0.0625,"worker_share":0.125,"compile_seconds":3.0,"first_result_seconds":0.5,"longest_stall_seconds":0.25}}}
                {"time":"2026-11-23T23:35:12Z","kind":"sweep_finished","task":null,"fields":{"stopped":false,"tasks":{"done":1},"saved_tasks":2,"saved_evaluations":300,"saved_seconds":4.5}}
                """);
        assertThat(problems).isEmpty();
    }

    @Test
    void aLogGoesOnWhereAnEarlierRunWasCutOff() throws IOException {
        Path file = folder.resolve("events.jsonl");
        Files.writeString(file, "{\"kind\":\"first\"}\n{\"kind\":\"cut o");
        try (EventLog log = log(List.of(new EventFile(file)))) {
            log.sweepStarted(sweep(), List.of(TASK));
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).isEqualTo("{\"kind\":\"cut o");
        assertThat(Json.readObject(lines.get(2))).containsEntry("kind", "sweep_started");
    }

    @Test
    void aSweepThatNeverStartsLeavesNoLog() {
        Path file = folder.resolve("events.jsonl");
        try (EventLog log = log(List.of(new EventFile(file)))) {
            log.message("No GPU was found.");
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void aLogThatCannotBeWrittenIsToldOnceAndTheOthersGoOn() throws IOException {
        Path whole = folder.resolve("whole.jsonl");
        Path inTheWay = Files.createFile(folder.resolve("file"));
        EventFile broken = new EventFile(inTheWay.resolve("events.jsonl"));
        try (EventLog log = log(List.of(broken, new EventFile(whole)))) {
            play(log);
        }
        assertThat(Files.readAllLines(whole)).hasSize(7);
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0))
                .startsWith("The event log " + broken.location() + " cannot be written (")
                .endsWith("The sweep goes on; later events are tried all the same.");
    }

    @Test
    void aFullDiskCostsTheLinesThatDidNotFit() throws IOException {
        FullDisk disk = new FullDisk();
        try (EventLog log = log(List.of(disk))) {
            play(log);
        }
        assertThat(disk.lines).hasSize(4);
        assertThat(problems).hasSize(1);
    }

    /** Has no room for the second to the fourth line. */
    private static final class FullDisk implements EventSink {
        private final List<String> lines = new ArrayList<>();
        private int calls;

        @Override
        public String location() {
            return "disk";
        }

        @Override
        public void append(String line) throws IOException {
            calls++;
            if (calls >= 2 && calls <= 4) {
                throw new IOException("No space left on device");
            }
            lines.add(line);
        }

        @Override
        public void close() {}
    }

    private EventLog log(List<EventSink> sinks) {
        return new EventLog(sinks, InstantSource.fixed(Instant.parse("2026-11-23T23:35:12Z")), problems::add);
    }

    private static Sweep sweep() {
        return new Sweep("s", "n", "", List.of(TASK), SweepBudget.parse("90min"), true);
    }

    private static void play(EventLog log) {
        Map<Outcome, Long> outcomes = Map.of(Outcome.MEASURED, 2L, Outcome.COMPILE_ERROR, 1L);
        log.message("Early \"words\".");
        log.sweepStarted(sweep(), List.of(TASK));
        log.taskSkipped("other");
        log.taskStarted(TASK.id(), TASK, 9.5);
        log.batchFinished(new ProgressListener.Batch(
                TASK.id(),
                3,
                1,
                400,
                outcomes,
                OptionalDouble.of(2000),
                OptionalDouble.empty(),
                true,
                1.5,
                OptionalDouble.of(0.125),
                2,
                0.25));
        TaskSummary summary = new TaskSummary(
                TASK.id(),
                TASK,
                Optional.of("GPU"),
                true,
                "done",
                "",
                3,
                outcomes,
                OptionalDouble.of(2000),
                Optional.of(new TaskSummary.Best(TASK.id() + "-00001", 1000, Configuration.of(Map.of("num_warps", 4)))),
                Optional.empty(),
                new SearchStatistics(2, 1, 2, 2, 0.25, 0.5, 3, 0.5, 0.25),
                new WarmStart(List.of(new WarmStart.Seed(Configuration.of(Map.of("num_warps", 8)), "s/near"))));
        log.taskFinished(summary);
        log.sweepFinished(new SweepSummary("s", false, List.of(summary), new Savings(2, 300, 4.5)));
    }
}
