package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.GpuLog;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.Script;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several tasks on real Spark with workers that do as a test says. */
@Timeout(120)
class SweepLoopTest {

    @TempDir
    Path folder;

    @AfterEach
    void noWorkerIsLeft() {
        assertThat(FakeToolchain.OPEN).hasValue(0);
    }

    @Test
    void eightTasksShareTwoGpusAndNoTwoJobsAreOnOne() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("eight-on-two", 2);
        Script.of(toolchain).slowGpus(4);
        SweepSummary summary = run(toolchain, new Recorder(), tasks(8, 30));
        assertThat(summary.tasks())
                .extracting(TaskSummary::state, TaskSummary::trials)
                .containsOnly(org.assertj.core.groups.Tuple.tuple("done", 30L));
        assertThat(summary.tasks()).hasSize(8);
        assertThat(summary.tasks()).extracting(TaskSummary::confirmation).allMatch(found -> found.isPresent());
        GpuLog log = GpuLog.of(toolchain);
        assertThat(log.mistakes()).isEmpty();
        long all = log.jobs().size();
        assertThat(log.count("0")).isBetween(all / 3, all - all / 3);
        assertThat(log.jobs().stream().filter(GpuLog.Job::race)).hasSizeGreaterThanOrEqualTo(8);
        assertThat(mostTasksAtOnce(log)).isBetween(2L, 6L);
    }

    @Test
    void oneTaskUsesAllGpus() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("one-on-four", 4);
        Script.of(toolchain).slowGpus(10);
        TuningTask task = TestTasks.task(FakeKernel.WIDE, 64, "cuda:90", "random", Budget.ofEvaluations(160));
        run(toolchain, new Recorder(), List.of(task));
        GpuLog log = GpuLog.of(toolchain);
        assertThat(log.mistakes()).isEmpty();
        long all = log.jobs().size();
        for (String gpu : List.of("0", "1", "2", "3")) {
            assertThat(log.count(gpu)).as("jobs of GPU " + gpu).isGreaterThan(all / 8);
        }
    }

    @Test
    void aRaceHasItsGpuForItselfWhileOthersSearch() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("race-alone", 1);
        Script.of(toolchain).slowGpus(5);
        run(toolchain, new Recorder(), tasks(4, 24));
        GpuLog log = GpuLog.of(toolchain);
        assertThat(log.mistakes()).isEmpty();
        long searchedAfterARace = log.jobs().stream()
                .dropWhile(job -> !job.race())
                .filter(job -> !job.race())
                .count();
        assertThat(searchedAfterARace).isGreaterThan(20);
    }

    @Test
    void aTaskThatFailsEndsNoOther() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("one-fails", 1);
        List<TuningTask> tasks = new ArrayList<>(tasks(3, 20));
        tasks.add(1, TestTasks.task(FakeKernel.BROKEN, 64, "cuda:90", "random", Budget.ofEvaluations(20)));
        SweepSummary summary = run(toolchain, new Recorder(), tasks);
        assertThat(summary.tasks()).extracting(TaskSummary::state).containsExactly("done", "failed", "done", "done");
        assertThat(summary.tasks().get(1).problem()).contains("This kernel is broken");
    }

    @Test
    void aLostGpuFailsEveryTaskThatNeedsIt() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("all-lost", 1);
        Script.of(toolchain).loseGpu("0", 25);
        SweepSummary summary = run(toolchain, new Recorder(), tasks(4, 24));
        assertThat(summary.tasks())
                .hasSize(4)
                .extracting(TaskSummary::state)
                .contains("failed")
                .doesNotContain("stopped");
        assertThat(summary.tasks())
                .filteredOn(task -> task.state().equals("failed"))
                .allSatisfy(task -> assertThat(task.problem()).startsWith("The GPU was lost"));
    }

    @Test
    void tasksOfHigherPriorityBeginFirst() throws Exception {
        List<TuningTask> tasks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            tasks.add(tasks(6, 8).get(i).withPriority(i < 3 ? 0 : i));
        }
        List<Integer> begun = new CopyOnWriteArrayList<>();
        Recorder recorder = new Recorder() {
            @Override
            public void taskStarted(String id, TuningTask task, double spaceSizeLog10) {
                begun.add(task.priority());
            }
        };
        run(FakeToolchain.gpus("priority", 1), recorder, tasks);
        // Two may begin at once, on two threads.
        assertThat(begun.subList(0, 2)).containsExactlyInAnyOrder(5, 4);
        assertThat(begun.subList(2, 4)).contains(3);
    }

    @Test
    void theListenerHearsOneThingAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        List<String> clashes = new CopyOnWriteArrayList<>();
        Recorder recorder = new Recorder() {
            @Override
            public void batchFinished(ProgressListener.Batch batch) {
                alone();
            }

            @Override
            public void taskStarted(String id, TuningTask task, double spaceSizeLog10) {
                alone();
            }

            @Override
            public void taskFinished(TaskSummary summary) {
                alone();
                super.taskFinished(summary);
            }

            private void alone() {
                if (inside.incrementAndGet() > 1) {
                    clashes.add("two at once");
                }
                Thread.yield();
                inside.decrementAndGet();
            }
        };
        run(FakeToolchain.gpus("listener", 2), recorder, tasks(6, 16));
        assertThat(clashes).isEmpty();
        assertThat(recorder.summaries).hasSize(6);
    }

    @Test
    void stoppingEndsAllTasksAndAResumeGoesOnWithEach() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        List<TuningTask> tasks = tasks(5, 48);
        Sweep sweep = new Sweep("cut", "cut", "", tasks).withCold(true);
        FakeToolchain slow = new FakeToolchain("cut-many", 2, 25, false, 1);
        SweepRunner[] runner = new SweepRunner[1];
        Recorder stopper = new Recorder() {
            @Override
            public void batchFinished(ProgressListener.Batch batch) {
                super.batchFinished(batch);
                if (batches.size() == 6) {
                    runner[0].stop();
                }
            }
        };
        runner[0] = new SweepRunner(TestSpark.context(), store, slow, stopper);
        SweepSummary stopped = runner[0].run(sweep);
        assertThat(stopped.stopped()).isTrue();
        assertThat(stopped.tasks())
                .extracting(TaskSummary::state)
                .contains("stopped")
                .isSubsetOf("stopped", "done");
        List<List<TrialRow>> kept =
                tasks.stream().map(task -> store.trials("cut", task.id())).toList();

        Recorder recorder = new Recorder();
        new SweepRunner(TestSpark.context(), store, FakeToolchain.gpus("cut-rest", 2), recorder)
                .run(store.sweep("cut").orElseThrow().toSweep("cut"));
        for (int i = 0; i < tasks.size(); i++) {
            String id = tasks.get(i).id();
            List<TrialRow> all = store.trials("cut", id);
            assertThat(all).hasSize(48).containsAll(kept.get(i));
            assertThat(SweepRunnerTest.toldOrder(all))
                    .extracting(row -> row.place().orElseThrow().told())
                    .isEqualTo(LongStream.range(0, 48).boxed().toList());
            SweepRunnerTest.newLog(tasks.get(i)).replay(SweepRunnerTest.toldOrder(all), Instant.EPOCH);
            assertThat(store.task("cut", id).orElseThrow().state()).isEqualTo("done");
        }
    }

    @Test
    void aLimitOfEvaluationsIsKeptAndEveryTaskHasItsPart() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("limit-evaluations", 1);
        SweepBudget budget = new SweepBudget(OptionalLong.of(150), OptionalDouble.empty());
        SweepSummary summary = run(toolchain, new Recorder(), wide(2, Integer.MAX_VALUE), budget);
        assertThat(summary.tasks()).hasSize(2).extracting(TaskSummary::state).containsOnly("done");
        assertThat(summary.tasks().stream().mapToLong(TaskSummary::trials).sum())
                .isEqualTo(150);
        assertThat(summary.tasks()).allSatisfy(task -> assertThat(task.trials()).isGreaterThan(20));
    }

    @Test
    void aLimitOfTimeGivesEveryTaskTurnsAndAnEnd() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("limit-time", 1);
        Script.of(toolchain).slowGpus(20);
        SweepBudget budget = new SweepBudget(OptionalLong.empty(), OptionalDouble.of(0.4));
        Recorder recorder = new Recorder();
        SweepSummary summary = run(toolchain, recorder, wide(4, Integer.MAX_VALUE), budget);
        assertThat(summary.tasks()).hasSize(4).extracting(TaskSummary::state).containsOnly("done");
        assertThat(summary.tasks()).allSatisfy(task -> {
            assertThat(task.trials()).isGreaterThan(8);
            assertThat(task.confirmation()).isPresent();
        });
        GpuLog log = GpuLog.of(toolchain);
        assertThat(log.mistakes()).isEmpty();
        // All four were on their way together, though only two search at a time.
        assertThat(mostTasksAtOnce(log)).isEqualTo(4);
    }

    @Test
    void aSearchThatBringsNothingAnyMoreEndsAndTheSweepSaysWhatThatSaves() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("converged", 1);
        Recorder recorder = new Recorder();
        SweepSummary summary = run(toolchain, recorder, wide(2, 3000), SweepBudget.NONE);
        assertThat(summary.tasks()).extracting(TaskSummary::state).containsOnly("done");
        assertThat(summary.saved().tasks()).isEqualTo(2);
        long trials = summary.tasks().stream().mapToLong(TaskSummary::trials).sum();
        assertThat(summary.saved().evaluations()).isEqualTo(6000 - trials).isGreaterThan(2000);
        assertThat(recorder.messages)
                .anyMatch(message -> message.contains("2 of 2 searches ended before their budgets"));
    }

    @Test
    void tasksWithoutAGpuRunBesideEachOtherToo() throws Exception {
        SweepSummary summary = run(FakeToolchain.gpus("many-cpu", 0), new Recorder(), tasks(3, 20));
        assertThat(summary.tasks()).hasSize(3).extracting(TaskSummary::state).containsOnly("done");
    }

    /** The most tasks that were on the way, from their first job to their last race, at any job's start. */
    private static long mostTasksAtOnce(GpuLog log) {
        Set<String> tasks = log.jobs().stream().map(GpuLog.Job::task).collect(Collectors.toSet());
        return log.jobs().stream()
                .mapToLong(job -> tasks.stream()
                        .filter(task -> {
                            LongStream starts = log.jobs().stream()
                                    .filter(other -> other.task().equals(task))
                                    .mapToLong(GpuLog.Job::startNanos);
                            LongStream ends = log.jobs().stream()
                                    .filter(other -> other.task().equals(task))
                                    .mapToLong(GpuLog.Job::endNanos);
                            return starts.min().orElseThrow() <= job.startNanos()
                                    && ends.max().orElseThrow() >= job.startNanos();
                        })
                        .count())
                .max()
                .orElse(0);
    }

    private static List<TuningTask> tasks(int count, int evaluations) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        TestTasks.task("softmax", 1024 + i, "cuda:auto", "random", Budget.ofEvaluations(evaluations)))
                .map(task -> task.withTarget("cuda:90"))
                .toList();
    }

    private static List<TuningTask> wide(int count, int evaluations) {
        return IntStream.range(0, count)
                .mapToObj(i -> TestTasks.task(
                        FakeKernel.WIDE, 1024 + i, "cuda:90", "random", Budget.ofEvaluations(evaluations)))
                .toList();
    }

    private SweepSummary run(FakeToolchain toolchain, Recorder recorder, List<TuningTask> tasks)
            throws InterruptedException {
        return run(toolchain, recorder, tasks, SweepBudget.NONE);
    }

    private SweepSummary run(FakeToolchain toolchain, Recorder recorder, List<TuningTask> tasks, SweepBudget budget)
            throws InterruptedException {
        return new SweepRunner(TestSpark.context(), new TrialStore(folder.toString()), toolchain, recorder)
                .run(new Sweep("a", "a", "", tasks).withBudget(budget).withCold(true));
    }
}
