package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SweepRunnerTest {

    @TempDir
    Path folder;

    @Test
    void everyConfigurationEndsAsItsFateSaysAndIsStored() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("fates", 2);
        TrialStore store = new TrialStore(folder.toString());
        Recorder recorder = new Recorder();
        SweepSummary summary = run(store, toolchain, recorder, sweep("a", "cuda:auto", 112));

        TaskSummary task = summary.tasks().get(0);
        List<TrialRow> rows = store.trials("a", task.id());
        assertThat(rows)
                .extracting(row -> row.trial().number())
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSize(112);
        assertThat(rows).extracting(TrialRow::configuration).doesNotHaveDuplicates();
        assertThat(rows.get(0).trial().origin()).isEqualTo("default");
        // Each fate has 2 stages, each with a twin that differs in the unused key.
        Map<Outcome, Long> outcomes = task.outcomes();
        for (Outcome once : List.of(
                Outcome.COMPILE_TIMEOUT,
                Outcome.WORKER_DIED,
                Outcome.WRONG_RESULT,
                Outcome.LAUNCH_ERROR,
                Outcome.RUN_TIMEOUT)) {
            assertThat(outcomes.get(once)).as(once.id()).isEqualTo(2);
        }
        // 16/1 twice, and 1024/1, which has no program and so no twin.
        assertThat(outcomes.get(Outcome.COMPILE_ERROR)).isEqualTo(2 + 4);
        // Two were compiled in vain; 1024/2 is known not to fit, never compiled, and so has no twin.
        assertThat(outcomes.get(Outcome.OUT_OF_RESOURCES)).isEqualTo(2 + 4);
        // What the machinery lost says nothing of the twin, which is tried itself.
        assertThat(outcomes.get(Outcome.INFRASTRUCTURE)).isEqualTo(4);
        // The other 50 programs have a twin; of the pair with one binary the second is a duplicate too, once for each
        // stage.
        assertThat(outcomes.get(Outcome.DUPLICATE)).isEqualTo(50 + 2);
        assertThat(outcomes.get(Outcome.MEASURED)).isEqualTo(112 - 10 - 6 - 6 - 4 - 52);

        assertThat(task.measured()).isTrue();
        assertThat(task.device()).contains("Fake GPU");
        assertThat(task.best().orElseThrow().latencyNanos()).isCloseTo(10_000, withinPercentage(0.5));
        assertThat(task.defaultNanos()).hasValue(FakeKernel.nanos(rows.get(0).configuration()));
        assertThat(task.confirmation().orElseThrow().accepted()).isTrue();
        assertThat(recorder.batches.get(recorder.batches.size() - 1).trials()).isEqualTo(112);
        assertThat(task.statistics().trials()).isEqualTo(112);
        assertThat(task.statistics().gpuBusySeconds()).isGreaterThan(0);
        assertThat(recorder.messages).isEmpty();
        assertThat(store.task("a", task.id()).orElseThrow().state()).isEqualTo("done");
        assertThat(store.sweep("a").orElseThrow().finishedAt()).isPresent();
    }

    @Test
    void duplicatesPointToAnEarlierTrialAndCarryItsLatency() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("twins", 1);
        TrialStore store = new TrialStore(folder.toString());
        String id = run(store, toolchain, new Recorder(), sweep("a", "cuda:90", 112))
                .tasks()
                .get(0)
                .id();
        Map<String, TrialRow> byId = store.trials("a", id).stream().collect(Collectors.toMap(TrialRow::id, row -> row));
        List<TrialRow> duplicates = byId.values().stream()
                .filter(row -> row.result().outcome() == Outcome.DUPLICATE)
                .toList();
        assertThat(duplicates).isNotEmpty().allSatisfy(row -> {
            TrialRow original = byId.get(row.duplicateOf().orElseThrow());
            assertThat(original.place().orElseThrow().told())
                    .isLessThan(row.place().orElseThrow().told());
            assertThat(original.result().outcome()).isNotEqualTo(Outcome.DUPLICATE);
            assertThat(row.result().latencyNanos()).isEqualTo(original.result().latencyNanos());
            assertThat(row.timing()).isEmpty();
        });
        // Each program is compiled once; those that race are at hand still.
        assertThat(toolchain.calls("compile")).isEqualTo(52);
    }

    @Test
    void infrastructureFailuresAreTriedTwiceAndOthersOnce() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("retry", 1);
        TrialStore store = new TrialStore(folder.toString());
        String id = run(store, toolchain, new Recorder(), sweep("a", "cuda:90", 112))
                .tasks()
                .get(0)
                .id();
        for (TrialRow row : store.trials("a", id)) {
            String used = row.configuration().with(FakeKernel.UNUSED, false).toJson();
            int wanted = switch (row.configuration().getLong(FakeKernel.BLOCK) + "/"
                    + row.configuration().getLong(FakeKernel.WARPS)) {
                case "32/8" -> 4; // two trials of one program
                case "64/1" -> 2;
                case "32/1", "32/2", "32/4" -> 1;
                default -> -1;
            };
            if (wanted > 0) {
                assertThat(toolchain.calls("measure", used)).as(used).isEqualTo(wanted);
            }
            if (used.contains("[64]") && row.configuration().getLong(FakeKernel.WARPS) == 1) {
                assertThat(row.result().latencyNanos()).as(used).isPresent();
            }
        }
    }

    @Test
    void aSearchThatLearnsNothingProposesTheSameHoweverLongEachTrialTakes() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        Sweep first = sweep("quick", TestTasks.task("cuda:90", "random", 80));
        Sweep second = sweep("slow", TestTasks.task("cuda:90", "random", 80));
        String id = run(store, FakeToolchain.gpus("quick", 1), new Recorder(), first)
                .tasks()
                .get(0)
                .id();
        run(store, new FakeToolchain("slow", 3, 12, false, 1), new Recorder(), second);
        assertThat(proposals(store, "slow", id)).hasSize(80).isEqualTo(proposals(store, "quick", id));
    }

    @Test
    void theStoredOrderOfTellingGivesTheSameDialogueAgain() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        TuningTask task = TestTasks.task("cuda:90", "pattern", 90);
        run(store, new FakeToolchain("order", 2, 12, false, 1), new Recorder(), sweep("a", task));
        List<TrialRow> told = toldOrder(store.trials("a", task.id()));
        assertThat(told).hasSize(90);
        assertThat(told.stream().map(row -> row.trial().number()))
                .isNotEqualTo(LongStream.range(0, 90).boxed().toList());
        newLog(task).replay(told, Instant.EPOCH);
    }

    @Test
    void withoutAGpuResultsAreCheckedSmallAndEstimated() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("cpu", 0);
        TrialStore store = new TrialStore(folder.toString());
        Recorder recorder = new Recorder();
        TaskSummary task = run(store, toolchain, recorder, sweep("a", "cuda:auto", 112))
                .tasks()
                .get(0);
        assertThat(task.task().target()).isEqualTo("cuda:90");
        assertThat(task.measured()).isFalse();
        assertThat(task.device()).isEmpty();
        assertThat(task.confirmation()).isEmpty();
        assertThat(task.outcomes()).doesNotContainKey(Outcome.MEASURED).containsEntry(Outcome.WRONG_RESULT, 2L);
        assertThat(task.outcomes().get(Outcome.ESTIMATED)).isEqualTo(112 - 14 - 6 - 56);
        assertThat(recorder.messages).singleElement().asString().contains("No GPU was found", "cuda:90", "To measure");
        assertThat(store.trials("a", task.id()))
                .filteredOn(row -> row.result().outcome() == Outcome.ESTIMATED)
                .allSatisfy(row -> assertThat(row.maxError()).hasValue(0.25));
    }

    @Test
    void anotherTargetThanTheGpusIsEstimatedToo() throws Exception {
        Recorder recorder = new Recorder();
        TaskSummary task = run(
                        new TrialStore(folder.toString()),
                        FakeToolchain.gpus("other", 1),
                        recorder,
                        sweep("a", "hip:gfx942", 16))
                .tasks()
                .get(0);
        assertThat(task.measured()).isFalse();
        assertThat(recorder.messages).singleElement().asString().contains("The GPU here is cuda:90", "hip:gfx942");
    }

    @Test
    void withoutAReferenceADefaultThatDoesNotCompileEndsTheTask() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary task = run(
                        store, new FakeToolchain("broken", 1, 0, true, 1), new Recorder(), sweep("a", "cuda:90", 32))
                .tasks()
                .get(0);
        assertThat(task.state()).isEqualTo("failed");
        assertThat(task.problem()).contains("The default configuration could not be built (no such intrinsic)");
        assertThat(task.best()).isEmpty();
        assertThat(SweepResults.read(store, "latest").foundAnything()).isFalse();
    }

    @Test
    void theDefaultIsTheAnswerWhereTheFastestWasOnlyLucky() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary task = run(
                        store, new FakeToolchain("lucky", 1, 0, false, 0.5), new Recorder(), sweep("a", "cuda:90", 64))
                .tasks()
                .get(0);
        assertThat(task.confirmation().orElseThrow().accepted()).isFalse();
        assertThat(task.best().orElseThrow().trial()).endsWith("-00000");
        assertThat(SweepResults.read(store, "a").tasks().get(0).best()).isEqualTo(task.best());
    }

    @Test
    void aStoppedSweepKeepsWhatWasToldAndGoesOn() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        Sweep cut = sweep("cut", TestTasks.task("cuda:90", "pattern", 96));
        String id = cut.tasks().get(0).id();
        FakeToolchain slow = new FakeToolchain("cut", 1, 60, false, 1);
        SweepRunner[] runner = new SweepRunner[1];
        Recorder stopper = new Recorder() {
            @Override
            public void batchFinished(ProgressListener.Batch batch) {
                super.batchFinished(batch);
                if (batches.size() == 2) {
                    runner[0].stop();
                }
            }
        };
        runner[0] = new SweepRunner(TestSpark.context(), store, slow, stopper);
        SweepSummary stopped = runner[0].run(cut);
        assertThat(stopped.stopped()).isTrue();
        assertThat(stopped.tasks().get(0).state()).isEqualTo("stopped");
        List<TrialRow> kept = store.trials("cut", id);
        assertThat(kept).hasSizeBetween(2, 95);
        assertThat(store.sweep("cut").orElseThrow().finishedAt()).isEmpty();

        Sweep again = store.sweep("cut").orElseThrow().toSweep("cut");
        assertThat(again.tasks()).isEqualTo(cut.tasks());
        run(store, FakeToolchain.gpus("resumed", 1), new Recorder(), again);
        List<TrialRow> all = store.trials("cut", id);
        assertThat(all).hasSize(96).containsAll(kept);
        newLog(cut.tasks().get(0)).replay(toldOrder(all), Instant.EPOCH);
        assertThat(store.task("cut", id).orElseThrow().state()).isEqualTo("done");
        assertThat(run(store, FakeToolchain.gpus("resumed", 1), new Recorder(), again)
                        .tasks())
                .isEmpty();
    }

    @Test
    void anUnknownStrategyWritesNothing() {
        TrialStore store = new TrialStore(folder.resolve("store").toString());
        Sweep sweep = sweep("a", TestTasks.task("cuda:90", "randon", 16));
        assertThatThrownBy(() -> run(store, FakeToolchain.gpus("unknown", 1), new Recorder(), sweep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean `random`?");
        assertThat(folder.resolve("store")).doesNotExist();
    }

    @Test
    void nothingUnfinishedIsLeftInTheStore() throws Exception {
        run(
                new TrialStore(folder.toString()),
                FakeToolchain.gpus("clean", 1),
                new Recorder(),
                sweep("a", "cuda:90", 32));
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(path -> path.getFileName().toString()))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allMatch(name -> name.endsWith(".parquet") && !name.startsWith("_") && !name.startsWith("."));
        }
    }

    static List<TrialRow> toldOrder(List<TrialRow> rows) {
        return rows.stream()
                .sorted(Comparator.comparingLong(
                        row -> row.place().orElseThrow().told()))
                .toList();
    }

    static TrialLog newLog(TuningTask task) {
        FakeKernel kernel = new FakeKernel(task, false);
        return new TrialLog(
                task.id(),
                Strategies.create(task.strategy(), kernel.space(), task.seed()),
                kernel.space().defaultConfiguration(),
                kernel.seeds());
    }

    private static List<String> proposals(TrialStore store, String sweep, String task) {
        return store.trials(sweep, task).stream()
                .map(row -> row.trial().number() + " " + row.trial().origin() + " "
                        + row.configuration().toJson())
                .toList();
    }

    private static Sweep sweep(String id, String target, int evaluations) {
        return sweep(id, TestTasks.task(target, "random", evaluations));
    }

    private static Sweep sweep(String id, TuningTask task) {
        return new Sweep(id, id, "", List.of(task)).withCold(true);
    }

    private static SweepSummary run(TrialStore store, FakeToolchain toolchain, Recorder recorder, Sweep sweep)
            throws InterruptedException {
        return new SweepRunner(TestSpark.context(), store, toolchain, recorder).run(sweep);
    }
}
