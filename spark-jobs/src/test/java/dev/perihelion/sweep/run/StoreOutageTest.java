package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.store.FlakyFileSystem;
import dev.perihelion.sweep.store.StoreProgress;
import dev.perihelion.sweep.store.TrialStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole sweep on a store that cannot be reached for a while. */
@Timeout(90)
class StoreOutageTest {

    @TempDir
    Path folder;

    @AfterEach
    void mend() {
        FlakyFileSystem.mend(folder);
    }

    @Test
    void aSweepOutlivesAnOutageOfItsStore() throws Exception {
        AtomicLong downSince = new AtomicLong();
        // The store goes away with the first trials, and stays away for some seconds.
        FlakyFileSystem.let(folder, (operation, path) -> {
            long now = System.nanoTime();
            if (operation.equals("create") && path.toString().contains("/trials/")) {
                downSince.compareAndSet(0, now);
            }
            if (downSince.get() != 0 && now - downSince.get() < TimeUnit.SECONDS.toNanos(2)) {
                throw new IOException("no route to host");
            }
        });
        List<TuningTask> tasks =
                List.of(TestTasks.task("cuda:90", "random", 90), TestTasks.task("cuda:90", "pattern", 60));
        Recorder recorder = new Recorder();
        SweepSummary summary = new SweepRunner(
                        TestSpark.context(), FlakyFileSystem.store(folder), FakeToolchain.gpus("outage", 1), recorder)
                .run(new Sweep("20261123-233512-a", "a", "", tasks));
        assertThat(summary.tasks()).extracting(TaskSummary::state).containsOnly("done");
        assertThat(recorder.messages)
                .anySatisfy(text -> assertThat(text).contains("no route to host"))
                .anySatisfy(text -> assertThat(text).contains("The store works again"));
        TrialStore store = new TrialStore(folder.toString());
        assertThat(store.trials("20261123-233512-a", tasks.get(0).id())).hasSize(90);
        assertThat(store.check(StoreProgress.SILENT).problems()).isEmpty();
    }
}
