package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.Script;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.store.OldStores;
import dev.perihelion.sweep.store.StoreException;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The loop on real Spark with workers that do as a test says. */
@Timeout(90)
class TaskRunTest {

    @TempDir
    Path folder;

    @AfterEach
    void noWorkerIsLeft() {
        assertThat(FakeToolchain.OPEN).hasValue(0);
    }

    @Test
    void aSlowCompilationHoldsNothingElseUp() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("slow-compile", 1);
        TuningTask task = TestTasks.task("cuda:90", "random", 110);
        String held = program(proposal(task, 3));
        CountDownLatch gate = Script.of(toolchain).holdCompilation(held);
        // The gate opens when most others are stored, so this ends only if they do not wait.
        Recorder opener = new Recorder() {
            @Override
            public void batchFinished(ProgressListener.Batch batch) {
                super.batchFinished(batch);
                if (batch.trials() >= 40) {
                    gate.countDown();
                }
            }
        };
        TrialStore store = new TrialStore(folder.toString());
        run(store, toolchain, opener, task);
        List<TrialRow> rows = store.trials("a", task.id());
        assertThat(rows).hasSize(110);
        // Far from the end: the last trials of a search would not wait for it.
        TrialRow slow = rows.stream()
                .filter(row -> row.trial().number() == 3)
                .findFirst()
                .orElseThrow();
        assertThat(program(slow.configuration())).isEqualTo(held);
        assertThat(slow.place().orElseThrow().told()).isGreaterThanOrEqualTo(39);
    }

    @Test
    void theLastTrialsAreNotWaitedForWhileTheyAreCompiled() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("tail", 1);
        TuningTask task = TestTasks.task("cuda:90", "random", 20);
        CountDownLatch never = Script.of(toolchain).holdCompilation(program(proposal(task, 12)));
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary summary =
                run(store, toolchain, new Recorder(), task).tasks().get(0);
        assertThat(summary.trials()).isEqualTo(20);
        assertThat(summary.state()).isEqualTo("done");
        assertThat(never.getCount()).isEqualTo(1);
        assertThat(store.trials("a", task.id()))
                .hasSize(20)
                .extracting(row -> row.trial().number())
                .doesNotContain(12L);
    }

    @Test
    void aProgramIsCompiledAndTimedOnceThoughItsTwinComesWhileItIsUnderWay() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("twin", 1);
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        String held = program(FAST);
        CountDownLatch gate = Script.of(toolchain).holdCompilation(held);
        Recorder opener = new Recorder() {
            @Override
            public void batchFinished(ProgressListener.Batch batch) {
                super.batchFinished(batch);
                if (batch.trials() >= 105) {
                    gate.countDown();
                }
            }
        };
        TrialStore store = new TrialStore(folder.toString());
        run(store, toolchain, opener, task);
        List<TrialRow> twins = store.trials("a", task.id()).stream()
                .filter(row -> program(row.configuration()).equals(held))
                .toList();
        assertThat(twins).hasSize(2);
        assertThat(twins)
                .extracting(row -> row.result().outcome())
                .containsExactlyInAnyOrder(Outcome.MEASURED, Outcome.DUPLICATE);
        assertThat(toolchain.calls("compile", held)).isEqualTo(1);
        assertThat(toolchain.calls("measure", held)).isEqualTo(1);
    }

    @Test
    void whereTheMachineryLosesAnOriginalItsTwinIsTriedItself() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("lost-twin", 1);
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        Script.of(toolchain).loseCompilations(program(FAST));
        TrialStore store = new TrialStore(folder.toString());
        run(store, toolchain, new Recorder(), task);
        assertThat(store.trials("a", task.id()).stream()
                        .filter(row -> program(row.configuration()).equals(program(FAST))))
                .hasSize(2)
                .allMatch(row -> row.result().outcome() == Outcome.INFRASTRUCTURE);
        // Each is tried twice.
        assertThat(toolchain.calls("compile", program(FAST))).isEqualTo(4);
    }

    @Test
    void aLostGpuEndsTheTaskWithoutTrialsAndAResumeGoesOn() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("lost-gpu", 1);
        Script.of(toolchain).loseGpu("0", 10);
        TuningTask task = TestTasks.task("cuda:90", "random", 60);
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary failed = run(store, toolchain, new Recorder(), task).tasks().get(0);
        assertThat(failed.state()).isEqualTo("failed");
        assertThat(failed.problem()).startsWith("The GPU was lost: The GPU 0 cannot be used any more");
        assertThat(store.trials("a", task.id()))
                .noneMatch(row -> row.result().reason().contains("cannot be used any more"));
        List<TrialRow> kept = store.trials("a", task.id());

        Script.of(toolchain).mendGpu("0");
        TaskSummary done = run(store, toolchain, new Recorder(), task).tasks().get(0);
        assertThat(done.state()).isEqualTo("done");
        assertThat(done.statistics().replayedTrials()).isEqualTo(kept.size());
        assertThat(store.trials("a", task.id())).hasSize(60).containsAll(kept);
    }

    @Test
    void oneLostGpuOfTwoIsReportedAndTheOtherGoesOn() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("one-lost", 2);
        Script.of(toolchain).loseGpu("1", 3);
        TuningTask task = TestTasks.task("cuda:90", "random", 60);
        TrialStore store = new TrialStore(folder.toString());
        Recorder recorder = new Recorder();
        TaskSummary done = run(store, toolchain, recorder, task).tasks().get(0);
        assertThat(done.state()).isEqualTo("done");
        assertThat(store.trials("a", task.id())).hasSize(60);
        assertThat(recorder.messages).singleElement().asString().contains("A GPU was lost", "The GPU 1");
    }

    @Test
    void aHopelessStartEndsTheTask() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("hopeless", 1);
        Script.of(toolchain).failEverything();
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary failed = run(store, toolchain, new Recorder(), task).tasks().get(0);
        assertThat(failed.state()).isEqualTo("failed");
        assertThat(failed.problem()).contains("of the first 30 configurations failed", "launch_error");
        assertThat(store.trials("a", task.id())).hasSize(30);
    }

    @Test
    void aTimeLimitGivesUpWhatIsCompiled() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("time", 1);
        TuningTask endless = TestTasks.task("cuda:90", "random", 112);
        TuningTask task = new TuningTask(
                endless.file(),
                endless.source(),
                endless.kernel(),
                endless.argumentValues(),
                endless.target(),
                endless.strategy(),
                endless.seed(),
                new Budget(112, Double.POSITIVE_INFINITY, 1),
                Optional.empty(),
                endless.policy());
        Script.of(toolchain).holdCompilation(program(proposal(task, 2)));
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary summary =
                run(store, toolchain, new Recorder(), task).tasks().get(0);
        assertThat(summary.state()).isEqualTo("done");
        assertThat(store.trials("a", task.id()))
                .extracting(row -> row.trial().number())
                .contains(0L)
                .doesNotContain(2L);
    }

    @Test
    void aStoreWithoutTheOrderOfTellingIsReadButNotResumed() throws Exception {
        TuningTask task = TestTasks.task("cuda:90", "random", 40);
        TrialStore store = new TrialStore(folder.toString());
        run(store, FakeToolchain.gpus("old", 1), new Recorder(), task);
        OldStores.forgetOrder(folder, "a", task.id());
        assertThat(SweepResults.read(store, "a").tasks().get(0).trials()).hasSize(40);
        assertThatThrownBy(() -> run(store, FakeToolchain.gpus("old", 1), new Recorder(), task))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be resumed")
                .hasMessageContaining("start a new sweep");
    }

    @Test
    void theWinnerIsConfirmedWithItsIntervalAndTheNoise() throws Exception {
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary summary = run(store, FakeToolchain.gpus("truth", 1), new Recorder(), task)
                .tasks()
                .get(0);
        Confirmation confirmation = summary.confirmation().orElseThrow();
        Confirmation.Details details = confirmation.details().orElseThrow();
        assertThat(confirmation.accepted()).isTrue();
        assertThat(confirmation.bestNanos()).isBetween(details.bestLowNanos(), details.bestHighNanos());
        assertThat(confirmation.bestNanos()).isCloseTo(FakeKernel.nanos(FAST), withinPercentage(0.2));
        assertThat(details.gain()).isBetween(details.gainLow(), details.gainHigh());
        assertThat(confirmation.noise()).isBetween(0.0, 0.01);
        assertThat(details.finalists()).extracting(Confirmation.Finalist::trial).contains(task.id() + "-00000");
        assertThat(details.rounds()).isGreaterThan(20);
        assertThat(Confirmation.fromJson(store.task("a", task.id())
                        .orElseThrow()
                        .confirmationJson()
                        .orElseThrow()))
                .isEqualTo(confirmation);
    }

    @Test
    void anIncumbentThatIsWrongWithOtherInputsIsNoAnswer() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("wrong-later", 1);
        Script.of(toolchain).makeWrongInRaces(program(FAST));
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        TaskSummary summary = run(new TrialStore(folder.toString()), toolchain, new Recorder(), task)
                .tasks()
                .get(0);
        assertThat(program(summary.best().orElseThrow().configuration())).isNotEqualTo(program(FAST));
        assertThat(summary.confirmation().orElseThrow().details().orElseThrow().finalists())
                .anySatisfy(finalist -> assertThat(finalist.problem()).contains("wrong_result"));
    }

    @Test
    void whereRacesAreImpossibleTheSearchLatencyStandsAndItIsSaid() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("no-race", 1);
        Script.of(toolchain).failRaces();
        Recorder recorder = new Recorder();
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        TaskSummary summary = run(new TrialStore(folder.toString()), toolchain, recorder, task)
                .tasks()
                .get(0);
        assertThat(summary.confirmation()).isEmpty();
        assertThat(summary.best().orElseThrow().latencyNanos()).isEqualTo(FakeKernel.nanos(FAST));
        assertThat(recorder.messages)
                .singleElement()
                .asString()
                .contains("the pipe broke", "its search latency stands");
    }

    @Test
    void whatNeedsTheDeviceIsCompiledWhereItIsMeasured() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("on-device", 1);
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        Configuration refused = FAST.with(FakeKernel.STAGES, 1);
        Script.of(toolchain).compileOnDeviceOnly(program(refused));
        TrialStore store = new TrialStore(folder.toString());
        TaskSummary summary =
                run(store, toolchain, new Recorder(), task).tasks().get(0);
        assertThat(summary.best().orElseThrow().configuration().getLong(FakeKernel.BLOCK))
                .isEqualTo(256);
        assertThat(summary.confirmation()).isPresent();
        List<TrialRow> rows = store.trials("a", task.id());
        assertThat(rows)
                .filteredOn(row -> program(row.configuration()).equals(program(refused))
                        && row.duplicateOf().isEmpty())
                .isNotEmpty()
                .allSatisfy(row -> {
                    assertThat(row.trial().result().outcome()).isEqualTo(Outcome.COMPILE_ERROR);
                    assertThat(row.trial().result().reason()).isEqualTo("The host function failed on the device");
                });
        // What the pool said is no trial's outcome, and each program is compiled there once and then on the device.
        assertThat(rows).noneMatch(row -> row.trial().result().reason().contains("Needs the device"));
        String fast = program(FAST);
        assertThat(toolchain.calls("compile", fast)).isPositive();
        assertThat(toolchain.calls("device_compile", fast)).isPositive();
        assertThat(rows.stream()
                        .filter(row -> row.trial().result().outcome() == Outcome.MEASURED)
                        .count())
                .isGreaterThan(20);
    }

    @Test
    void aFinishedSweepCanBeVerified() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("verify", 1);
        TuningTask task = TestTasks.task("cuda:90", "random", 112);
        TrialStore store = new TrialStore(folder.toString());
        run(store, toolchain, new Recorder(), task);
        Verified now = new SweepRunner(TestSpark.context(), store, toolchain, new Recorder())
                .verify("latest")
                .get(0);
        assertThat(now.problem()).isEmpty();
        assertThat(now.taskId()).isEqualTo(task.id());
        assertThat(now.drift()).isBetween(-0.01, 0.01);
        assertThat(now.defaultNanos()).isCloseTo(12_500, withinPercentage(1));
        assertThat(now.nowNanos()).isBetween(now.low(), now.high());

        Verified elsewhere = new SweepRunner(
                        TestSpark.context(), store, FakeToolchain.gpus("verify-cpu", 0), new Recorder())
                .verify("a")
                .get(0);
        assertThat(elsewhere.problem()).contains("It was measured on Fake GPU", "no GPU here");
    }

    /** The fastest of the fake's configurations. */
    private static final Configuration FAST = new FakeKernel(TestTasks.task("cuda:90", "random", 1), false)
            .space()
            .defaultConfiguration()
            .with(FakeKernel.BLOCK, 256)
            .with(FakeKernel.WARPS, 8)
            .with(FakeKernel.STAGES, 2);

    private static String program(Configuration configuration) {
        return configuration.with(FakeKernel.UNUSED, false).toJson();
    }

    /** What a strategy that learns nothing proposes under a number. */
    private static Configuration proposal(TuningTask task, int number) {
        return SweepRunnerTest.newLog(task)
                .ask(number + 1, java.time.Instant.EPOCH)
                .get(number)
                .configuration();
    }

    private static SweepSummary run(TrialStore store, FakeToolchain toolchain, Recorder recorder, TuningTask task)
            throws InterruptedException {
        return new SweepRunner(TestSpark.context(), store, toolchain, recorder)
                .run(new Sweep("a", "a", "", List.of(task)));
    }
}
