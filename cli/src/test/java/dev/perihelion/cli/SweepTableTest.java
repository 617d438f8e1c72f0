package dev.perihelion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.results.KnownTasks;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.store.SweepRow;
import dev.perihelion.sweep.store.TaskRow;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a store's sweeps: the last table, and what a dry run says. */
@Timeout(60)
class SweepTableTest {

    private static final String SWEEP = "20261123-233512-nightly";
    private static final String GPU = "{\"name\":\"Some GPU\"}";
    private static final String KERNEL = """
            import torch

            import helion
            import helion.language as hl

            @helion.kernel
            def double(x: torch.Tensor) -> torch.Tensor:
                out = torch.empty_like(x)
                for tile in hl.tile(x.size(0)):
                    out[tile] = x[tile] * 2
                return out
            """;

    @TempDir
    Path folder;

    private int stored;

    @Test
    void aRowForEachTaskTheMeanLastAndThenWhatFailed() {
        TrialStore store = store();
        SweepTable table = new SweepTable();
        SweepResults.forEach(store, SWEEP, table::add);
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text, true));
        assertThat(text.toString()).isEqualTo("""
                Measured on Some GPU.
                ESTIMATES for hip:gfx942, not measurements.
                task                                 trials  failed  default   answer    speed-up
                double0                              2       0       40.00 us  10.00 us  4.00x
                double1                              2       0       30.00 us  30.00 us  1.00x
                double2                              2       2       -         -         - (failed)
                double3                              1       0       -         20.00 us  - (stopped)
                double4                              2       1       -         -         -
                double5                              2       0       ~3.00 us  ~2.00 us  ~1.50x
                geometric mean of 2 tasks                                                2.00x
                geometric mean of 1 task, estimates                                      ~1.50x
                  double2 failed: No GPU is left.
                  double4: no configuration gave a valid result
                  2 compile_error, for example double2-0: no such operation
                  1 run_timeout, for example double4-0: took longer than 1000 ms
                """);
        assertThat(table.anyValid()).isTrue();
    }

    @Test
    void aDryRunTellsSpaceCostAndWhatIsKnown() {
        store();
        List<TuningTask> tasks = List.of(
                task(4096, "cuda:90", "400").withPriority(2),
                task(8192, "cuda:auto", "90s"),
                task(8192, "hip:gfx950", "7,60gpu-s"));
        Sweep sweep = new Sweep(SWEEP, "nightly", "", tasks, SweepBudget.parse("500,90min"), false);
        StringWriter text = new StringWriter();
        DryRun.print(new PrintWriter(text, true), sweep, new KnownTasks(new TrialStore(folder.toString())));
        assertThat(text.toString().replaceAll("10\\^\\d+\\.\\d", "10^N.N")).isEqualTo("""
                kernel  target      arguments    configurations  priority  at most                           in the store
                double  cuda:90     x=f32[4096]  10^N.N          2         400 evaluations                   done, 2 trials, 10.00 us (20261123-233512-nightly)
                double  cuda:auto   x=f32[8192]  10^N.N          0         1 min 30 s                        5 other shapes
                double  hip:gfx950  x=f32[8192]  10^N.N          0         7 evaluations, 1 min 00 s of GPU  -
                3 tuning tasks; the whole ends after 500 evaluations or 1 h 30 min.
                cuda:auto becomes the GPU that is found; spaces are shown for cuda:90.
                """);
    }

    /** Six tasks: faster, not faster, failed, stopped without a default, nothing valid, and estimated. */
    private TrialStore store() {
        TrialStore store = new TrialStore(folder.toString());
        store.writeSweep(
                SWEEP, SweepRow.of(new Sweep(SWEEP, "nightly", "", List.of()), "0.1.0", "local", Instant.EPOCH));
        put(store, "cuda:90", "done", "", Optional.of(confirmation(true)), ok(5e4), ok(1.2e4));
        put(store, "cuda:90", "done", "", Optional.of(confirmation(false)), ok(3.1e4), ok(3e4));
        put(store, "cuda:90", "failed", "No GPU is left.", Optional.empty(), wrong("no such operation"), wrong("none"));
        put(store, "cuda:90", "stopped", "", Optional.empty(), null, ok(2e4));
        put(
                store,
                "cuda:90",
                "done",
                "",
                Optional.empty(),
                TrialResult.failed(Outcome.RUN_TIMEOUT, "took longer than 1000 ms"),
                TrialResult.duplicate(TrialResult.failed(Outcome.RUN_TIMEOUT, "slow"), "double4-0"));
        put(store, "hip:gfx942", "done", "", Optional.empty(), estimated(3e3), estimated(2e3));
        return store;
    }

    private void put(
            TrialStore store,
            String target,
            String state,
            String problem,
            Optional<Confirmation> confirmation,
            TrialResult... results) {
        String id = "double" + stored;
        TaskRow row = new TaskRow(
                task(4096 + stored, target, "400"),
                "[]",
                target.startsWith("cuda") ? Optional.of(GPU) : Optional.empty(),
                "[]",
                Configuration.of(Map.of("num_warps", 4)),
                8,
                Instant.EPOCH.plusSeconds(stored),
                Optional.of(Instant.EPOCH.plusSeconds(99)),
                state,
                problem,
                confirmation.map(Confirmation::toJson),
                Optional.empty(),
                Optional.empty());
        store.writeTask(SWEEP, id, row);
        List<TrialRow> trials = new ArrayList<>();
        for (int number = 0; number < results.length; number++) {
            if (results[number] != null) {
                trials.add(trial(id, number, results[number]));
            }
        }
        store.writer(SWEEP, id).append(trials);
        stored++;
    }

    private static TuningTask task(int extent, String target, String budget) {
        return new TuningTask(
                "double.py",
                KERNEL,
                "double",
                Map.of("x", "f32[" + extent + "]"),
                target,
                "pattern",
                0,
                Budget.parse(budget),
                Optional.empty(),
                MeasurePolicy.DEFAULT);
    }

    private static Confirmation confirmation(boolean accepted) {
        return new Confirmation(accepted ? 4e4 : 3e4, accepted ? 1e4 : 3e4, 0.01, "1", accepted, Optional.empty());
    }

    private static TrialResult ok(double nanos) {
        return TrialResult.measured(nanos);
    }

    private static TrialResult estimated(double nanos) {
        return TrialResult.estimated(nanos);
    }

    private static TrialResult wrong(String reason) {
        return TrialResult.failed(Outcome.COMPILE_ERROR, reason);
    }

    private static TrialRow trial(String task, long number, TrialResult result) {
        return new TrialRow(
                task + "-" + number,
                "double",
                "cuda:90",
                Optional.empty(),
                new Trial(number, Configuration.of(Map.of("num_warps", 4)), "random", result),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                0,
                0,
                0,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "{}",
                "{}",
                Optional.empty(),
                Instant.EPOCH,
                Instant.EPOCH,
                Optional.empty());
    }
}
