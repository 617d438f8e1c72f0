package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.GpuLog;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.Script;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which GPUs are one pool. */
@Timeout(60)
class AnchorsTest {

    @TempDir
    Path folder;

    @Test
    void theMostThatAgreeAreThePoolAndTheOthersAreNamed() {
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        nanos.put("0", List.of(100.0, 500.0));
        nanos.put("1", List.of(101.0, 510.0));
        nanos.put("2", List.of(100.0, 600.0));
        nanos.put("3", List.of(90.0, 500.0));
        nanos.put("4", List.of());
        Anchors.Pool pool = new Anchors(nanos).pool();
        assertThat(pool.addresses()).containsExactly("0", "1", "4");
        assertThat(pool.leftOut())
                .satisfiesExactly(
                        text -> assertThat(text).contains("GPU 2 is left out", "1.00 times", "1.20 times"),
                        text -> assertThat(text).contains("GPU 3 is left out", "0.90 times"));
    }

    @Test
    void ofTwoThatDifferTheFasterIsUsed() {
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        nanos.put("0", List.of(120.0, 500.0));
        nanos.put("1", List.of(100.0, 500.0));
        assertThat(new Anchors(nanos).pool().addresses()).containsExactly("1");
    }

    @Test
    void aSlowGpuMeasuresNothing() throws Exception {
        FakeToolchain toolchain = FakeToolchain.gpus("one-slow", 3);
        Script.of(toolchain).makeSlow("1", 1.08);
        Recorder recorder = new Recorder();
        TaskSummary task = new SweepRunner(TestSpark.context(), new TrialStore(folder.toString()), toolchain, recorder)
                .run(new Sweep("a", "a", "", List.of(TestTasks.task("cuda:90", "random", 40))))
                .tasks()
                .get(0);
        assertThat(task.statistics().gpus()).isEqualTo(2);
        assertThat(GpuLog.of(toolchain).count("1")).isZero();
        assertThat(GpuLog.of(toolchain).count("2")).isPositive();
        assertThat(recorder.messages).singleElement().asString().contains("GPU 1 is left out", "1.08 times");
    }
}
