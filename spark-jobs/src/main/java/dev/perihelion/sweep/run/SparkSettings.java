package dev.perihelion.sweep.run;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark as a sweep needs it. What the user has set ({@code -Dspark...}, {@code spark-submit}) is kept. */
public final class SparkSettings {

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
        // Local: one slot more than cores, because the measure task only waits for the GPU.
        conf.setIfMissing("spark.master", "local[" + (cores() + 1) + "]");
        conf.setIfMissing("spark.app.name", "perihelion");
        // The compile job of the next batch runs beside the measure job of this one.
        conf.setIfMissing("spark.scheduler.mode", "FAIR");
        // All data travels with the tasks: no executor is nearer to it than another.
        conf.setIfMissing("spark.locality.wait", "0s");
        // A second copy of a slow measurement would disturb the first.
        conf.setIfMissing("spark.speculation", "false");
        // Progress is shown by the command line; Spark's bar would write over it.
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        if (isLocal(conf)) {
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

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }
}
