package dev.perihelion.sweep.run;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.store.TrialStore;
import java.util.List;
import java.util.Optional;

/** A sweep in a process of its own, for {@link KilledDriverTest}; says on standard output when a batch is stored. */
public final class SweepProcess {

    static final String SWEEP = "killed";

    static final int TRIALS = 96;

    private SweepProcess() {}

    static Sweep sweep() {
        return new Sweep(SWEEP, SWEEP, "", List.of(TestTasks.task("cuda:90", "pattern", TRIALS)));
    }

    public static void main(String[] arguments) throws Exception {
        Recorder speaker = new Recorder() {
            @Override
            public void batchFinished(ProgressListener.Batch batch) {
                System.out.println("batch " + batch.trials());
                System.out.flush();
            }
        };
        new SweepRunner(
                        SparkSettings.open(Optional.of("local[2]")),
                        new TrialStore(arguments[0]),
                        new FakeToolchain("process", 1, 60, false, 1),
                        speaker)
                .run(sweep());
    }
}
