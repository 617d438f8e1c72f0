package dev.perihelion.sweep.run;

import com.sun.management.OperatingSystemMXBean;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.store.TrialStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a trial costs the driver: the loop on real Spark in this process, with workers that answer at once. Prints wall and
 * processor time for each trial; everything is in it, the store too. Run by hand:
 * {@code LoopOverhead [TRIALS [SPARK_SLOTS [STRATEGY]]]}.
 */
public final class LoopOverhead {

    private LoopOverhead() {}

    public static void main(String[] arguments) throws Exception {
        int trials = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        String slots = arguments.length > 1 ? arguments[1] : "18";
        String strategy = arguments.length > 2 ? arguments[2] : "random";
        try (var spark = SparkSettings.open(Optional.of("local[" + slots + "]"))) {
            for (int size : new int[] {trials / 4, trials, trials}) {
                long cpu = cpuNanos();
                SearchStatistics statistics = search(spark, strategy, size);
                System.out.printf(
                        "%d trials: %.0f a second, %.2f ms wall and %.2f ms processor time a trial, longest stall %.2f s%n",
                        size,
                        statistics.trialsPerSecond(),
                        1e3 / statistics.trialsPerSecond(),
                        (cpuNanos() - cpu) / 1e6 / size,
                        statistics.longestStallSeconds());
            }
        }
    }

    private static SearchStatistics search(
            org.apache.spark.api.java.JavaSparkContext spark, String strategy, int trials) throws Exception {
        TuningTask task = new TuningTask(
                "kernels/softmax.py",
                "def wide(x): ...\n",
                FakeKernel.WIDE,
                Map.of("x", "f16[4096,2560]"),
                "cuda:90",
                strategy,
                System.nanoTime(),
                Budget.ofEvaluations(trials),
                Optional.empty(),
                MeasurePolicy.DEFAULT);
        TrialStore store =
                new TrialStore(Files.createTempDirectory("loop-overhead").toString());
        return new SweepRunner(spark, store, FakeToolchain.gpus("overhead", 1), new Recorder())
                .run(new Sweep("overhead", "overhead", "", List.of(task)))
                .tasks()
                .get(0)
                .statistics();
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
