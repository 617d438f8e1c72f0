package dev.perihelion.sweep.run;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark as a sweep needs it. What the user has set ({@code -Dspark...}, {@code spark-submit}) is kept. */
public final class SparkSettings {

    /** Spark's key for the number of compile workers of each process. */
    public static final String COMPILE_WORKERS = "spark.perihelion.compileWorkers";

    /** From this many on, a core is left to the driver and to the workers of GPUs. */
    private static final int MANY_CORES = 4;

    private SparkSettings() {}

    /**
     * Starts Spark.
     *
     * @param master {@code local[4]}, {@code spark://host:7077} ...; empty for what is set, or else this machine
     */
    public static JavaSparkContext open(Optional<String> master) {
        return new JavaSparkContext(conf(master));
    }

    static SparkConf conf(Optional<String> master) {
        SparkConf conf = new SparkConf();
        master.ifPresent(conf::setMaster);
        // Local: slots for the compile workers, and two for each GPU, whose measure tasks only wait for it.
        int gpus = Math.max(1, new PerihelionToolchain().gpuAddresses().size());
        conf.setIfMissing("spark.master", "local[" + (cores() + 2 * gpus) + "]");
        conf.setIfMissing("spark.app.name", "perihelion");
        // Compile jobs and measure jobs run beside each other.
        conf.setIfMissing("spark.scheduler.mode", "FAIR");
        // All data travels with the tasks: no executor is nearer to it than another.
        conf.setIfMissing("spark.locality.wait", "0s");
        // A second copy of a slow measurement would disturb the first.
        conf.setIfMissing("spark.speculation", "false");
        // Progress is shown by the command line; Spark's bar would write over it.
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        if (isLocal(conf)) {
            // Every trial is a job or two; what Spark remembers of old ones is of no use.
            conf.setIfMissing("spark.ui.retainedJobs", "100");
            conf.setIfMissing("spark.ui.retainedStages", "100");
            conf.setIfMissing("spark.ui.retainedTasks", "1000");
            // Nobody looks at a web page of a local run, and its port may be taken.
            conf.setIfMissing("spark.ui.enabled", "false");
            // A local run talks to itself only; the machine's outer address may be unreachable or change.
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
            conf.setIfMissing("spark.driver.host", "127.0.0.1");
            // With this set, a local master waits for ever for GPUs that it cannot hand out.
            conf.remove("spark.task.resource.gpu.amount");
        }
        return conf;
    }

    static boolean isLocal(SparkConf conf) {
        String master = conf.get("spark.master", "local");
        return master.equals("local") || master.startsWith("local[");
    }

    /** Compile workers of each process: what the user has set, or as many as its cores can run. */
    static int compileWorkers(SparkConf conf) {
        int cores = isLocal(conf) ? cores() : conf.getInt("spark.executor.cores", cores());
        int usual = isLocal(conf) && cores > MANY_CORES ? cores - 1 : cores;
        return Math.max(1, conf.getInt(COMPILE_WORKERS, usual));
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }
}
