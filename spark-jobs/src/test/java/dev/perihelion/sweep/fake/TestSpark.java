package dev.perihelion.sweep.fake;

import dev.perihelion.sweep.run.SparkSettings;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** One Spark context for the test JVM: starting one takes seconds. */
public final class TestSpark {

    private static JavaSparkContext context;

    private TestSpark() {}

    public static synchronized JavaSparkContext context() {
        if (context == null) {
            System.setProperty(SparkSettings.COMPILE_WORKERS, "2");
            context = SparkSettings.open(Optional.of("local[8]"));
        }
        return context;
    }
}
