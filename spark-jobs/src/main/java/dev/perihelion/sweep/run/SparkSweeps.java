package dev.perihelion.sweep.run;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.store.TrialStore;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** A Spark application that sweeps run in, for callers that do not see Spark themselves. */
public final class SparkSweeps implements AutoCloseable {

    private final JavaSparkContext spark;

    private SparkSweeps(JavaSparkContext spark) {
        this.spark = spark;
    }

    /**
     * Starts Spark.
     *
     * @param master {@code local[4]}, {@code spark://host:7077} ...; empty for what is set, or else this machine
     */
    public static SparkSweeps open(Optional<String> master) {
        return new SparkSweeps(SparkSettings.open(master));
    }

    /** A runner for one sweep. */
    public SweepRunner runner(TrialStore store, Toolchain toolchain, ProgressListener progress) {
        return new SweepRunner(spark, store, toolchain, progress);
    }

    /** Runs a job of no consequence, which loads what sweeps need. */
    public void warmUp() {
        spark.parallelize(List.of(1, 2, 3), 2).map(number -> number + 1).collect();
    }

    @Override
    public void close() {
        spark.close();
    }
}
