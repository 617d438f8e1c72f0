package dev.perihelion.sweep.run;

import dev.perihelion.executor.InputsOutcome;
import dev.perihelion.executor.KernelBuilder;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.stage.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;

/**
 * The workers of a command that is about to run a sweep. They take seconds to start, so they start before Spark does; where
 * Spark runs in this process the sweep goes on with the very same ones. On a cluster the executors have their own.
 */
public final class EarlyWorkers implements AutoCloseable {

    private final Toolchain toolchain;
    private final boolean local;
    private final int workers;

    private EarlyWorkers(Toolchain toolchain, boolean local, int workers) {
        this.toolchain = toolchain;
        this.local = local;
        this.workers = workers;
    }

    /**
     * The workers of a sweep to come; none is started yet.
     *
     * @param master as for {@link SparkSweeps#open}
     */
    public static EarlyWorkers of(Toolchain toolchain, Optional<String> master) {
        SparkConf conf = SparkSettings.conf(master);
        return new EarlyWorkers(toolchain, SparkSettings.isLocal(conf), SparkSettings.compileWorkers(conf));
    }

    /** Lets those start that the sweep will use in this process, and returns at once. */
    public void start() {
        if (local) {
            Workers.startBuilder(toolchain, workers);
            Workers.startMeasurers(toolchain);
        }
    }

    /**
     * Asks a function of the user's file which arguments it gives.
     *
     * @param names of the kernel's parameters, in order
     * @param symbols what the function is called with, besides a device
     */
    public InputsOutcome describeInputs(
            KernelFile file, String function, List<String> names, Map<String, Object> symbols)
            throws InterruptedException {
        if (local) {
            try (Workers.BuilderLease lease = Workers.builder(toolchain, workers)) {
                return lease.builder().describeInputs(file, function, names, symbols);
            }
        }
        try (KernelBuilder own = toolchain.openBuilder(1)) {
            return own.describeInputs(file, function, names, symbols);
        }
    }

    /** Ends what the sweep has not ended, as it never began. */
    @Override
    public void close() {
        try {
            Workers.closeAll(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
