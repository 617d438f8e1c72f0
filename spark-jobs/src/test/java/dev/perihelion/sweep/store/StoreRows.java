package dev.perihelion.sweep.store;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.TestTasks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Rows that go together: a sweep of one task, and its trials. */
public final class StoreRows {

    public static final Instant AT = Instant.parse("2026-11-23T23:35:12.123456Z");
    public static final String SWEEP = "20261123-233512-name";
    public static final TuningTask TASK = TestTasks.task("cuda:90", "random", 9);

    private StoreRows() {}

    /** Writes a sweep that has ended, its task, and its trials, a file for each number of trials; the last ones first. */
    public static void write(TrialStore store, int... parts) {
        store.writeSweep(SWEEP, sweep().finished(AT));
        store.writeTask(SWEEP, TASK.id(), task().finished(AT, "done", "", Optional.empty(), Optional.empty()));
        TrialWriter writer = store.writer(SWEEP, TASK.id());
        long number = 0;
        for (int part : parts) {
            List<TrialRow> rows = new ArrayList<>();
            for (int i = 0; i < part; i++) {
                rows.add(trial(number++));
            }
            writer.append(rows);
        }
    }

    public static SweepRow sweep() {
        return SweepRow.of(new Sweep(SWEEP, "name", "", List.of(TASK)), "0.1.0", "local", AT);
    }

    /** The task while it runs. */
    public static TaskRow task() {
        return new TaskRow(
                TASK,
                "[]",
                Optional.of("{\"name\":\"GPU\"}"),
                "[]",
                Configuration.fromJson("{\"num_warps\":4}"),
                16,
                AT,
                Optional.empty(),
                "running",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.of("[]"));
    }

    /** The trial of a number, told in the order of numbers. */
    public static TrialRow trial(long number) {
        return trial(number, number, "softmax", Optional.empty(), 1000.5 + number);
    }

    public static TrialRow trial(
            long number, long told, String kernel, Optional<String> original, double latencyNanos) {
        TrialResult measured = TrialResult.measured(latencyNanos);
        return new TrialRow(
                id(number),
                kernel,
                "cuda:90",
                Optional.of("GPU"),
                new Trial(
                        number,
                        Configuration.fromJson("{\"num_warps\":4}"),
                        "random",
                        original.map(id -> TrialResult.duplicate(measured, id)).orElse(measured)),
                Optional.of(new TrialRow.Timing(3.5, List.of(latencyNanos, latencyNanos + 3), 1)),
                OptionalDouble.of(0.5),
                Optional.empty(),
                1.5,
                2.5,
                3.5,
                "ab12",
                Optional.of("cd34"),
                Optional.of("ef56"),
                original,
                "{}",
                "{}",
                Optional.empty(),
                AT,
                AT.plusNanos(1_000),
                Optional.of(new TrialRow.Place(told, 0, 3, List.of())));
    }

    public static String id(long number) {
        return String.format(Locale.ROOT, "%s-%05d", TASK.id(), number);
    }
}
