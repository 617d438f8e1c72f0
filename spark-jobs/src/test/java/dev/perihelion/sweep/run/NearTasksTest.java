package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.WarmStart;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a task takes over from near ones. */
@Timeout(90)
class NearTasksTest {

    @TempDir
    Path folder;

    @Test
    void extentsAreComparedInDoublingsAndElementTypesCountMore() {
        TuningTask task = TestTasks.task("softmax", 4096, "cuda:90", "random", Budget.DEFAULT);
        assertThat(NearTasks.distance(task, task)).hasValue(0);
        assertThat(NearTasks.distance(task, TestTasks.task("softmax", 1024, "cuda:90", "random", Budget.DEFAULT))
                        .orElseThrow())
                .isCloseTo(2, within(1e-9));
    }

    @Test
    void aConfigurationOfAnotherSpaceGetsDefaultsWhereItsValuesAreNotAllowed() {
        var space = new FakeKernel(task("softmax", 64, 9), false).space();
        Configuration standard = space.defaultConfiguration();
        assertThat(NearTasks.fit(standard.with(FakeKernel.WARPS, 8), space))
                .contains(standard.with(FakeKernel.WARPS, 8));
        assertThat(NearTasks.fit(standard.with(FakeKernel.WARPS, 64).with(FakeKernel.STAGES, 2), space))
                .contains(standard.with(FakeKernel.STAGES, 2));
        assertThat(NearTasks.fit(Configuration.fromJson("{\"num_warps\":4}"), space))
                .isEmpty();
    }

    @Test
    void aNewShapeTriesFirstWhatOthersFoundAndSaysSo() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        run(store, "1", task("softmax", 4096, 112), false);
        Recorder recorder = new Recorder();
        TaskSummary warm = run(store, "2", task("softmax", 2048, 30), false, recorder);
        String from = "1/" + task("softmax", 4096, 112).id();
        assertThat(warm.warmStart().counts()).containsOnlyKeys(from);
        assertThat(warm.warmStart().seeds()).hasSizeBetween(1, 3);
        assertThat(warm.answerFrom()).contains(from);
        assertThat(recorder.messages).anyMatch(text -> text.contains("tries first what near tasks found: "));
        List<TrialRow> trials = store.trials("2", warm.id());
        assertThat(trials.get(1).configuration())
                .isEqualTo(warm.warmStart().configurations().get(0));
        assertThat(trials.get(1).result().latencyNanos()).isPresent();

        TaskSummary cold = run(store, "3", task("softmax", 1024, 30), true);
        assertThat(cold.warmStart()).isEqualTo(WarmStart.NONE);
        TaskSummary other = run(store, "4", task("layernorm", 1024, 30), false);
        assertThat(other.warmStart()).isEqualTo(WarmStart.NONE);
    }

    @Test
    void aResumedTaskHasTheSeedsThatItHad() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        run(store, "1", task("softmax", 4096, 60), false);
        TuningTask task = task("softmax", 2048, 90);
        SweepRunner[] runner = new SweepRunner[1];
        Recorder stopper = new Recorder() {
            @Override
            public void batchFinished(ProgressListener.Batch batch) {
                runner[0].stop();
            }
        };
        runner[0] =
                new SweepRunner(TestSpark.context(), store, new FakeToolchain("near-cut", 1, 20, false, 1), stopper);
        TaskSummary stopped =
                runner[0].run(new Sweep("2", "2", "", List.of(task))).tasks().get(0);
        assertThat(stopped.state()).isEqualTo("stopped");
        // Meanwhile others found more.
        run(store, "0", task("softmax", 2047, 112), false);
        TaskSummary done = run(store, "2", task, false);
        assertThat(done.state()).isEqualTo("done");
        assertThat(done.warmStart()).isEqualTo(stopped.warmStart()).isNotEqualTo(WarmStart.NONE);
        assertThat(done.statistics().replayedTrials()).isPositive();
    }

    private static TuningTask task(String kernel, int rows, int evaluations) {
        return TestTasks.task(kernel, rows, "cuda:90", "random", Budget.ofEvaluations(evaluations));
    }

    private static TaskSummary run(TrialStore store, String sweep, TuningTask task, boolean cold)
            throws InterruptedException {
        return run(store, sweep, task, cold, new Recorder());
    }

    private static TaskSummary run(TrialStore store, String sweep, TuningTask task, boolean cold, Recorder recorder)
            throws InterruptedException {
        return new SweepRunner(TestSpark.context(), store, FakeToolchain.gpus("near", 1), recorder)
                .run(new Sweep(sweep, sweep, "", List.of(task)).withCold(cold))
                .tasks()
                .get(0);
    }
}
