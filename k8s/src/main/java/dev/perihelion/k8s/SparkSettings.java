package dev.perihelion.k8s;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The driver's Spark settings, as a file of JVM options: Spark reads system properties that begin with {@code spark.}. */
final class SparkSettings {

    static final String MASTER = "k8s://https://kubernetes.default.svc";
    static final String CONFIGURATION_FOLDER = "/etc/perihelion-conf";
    static final String DRIVER_OPTIONS_FILE = "driver-options";
    static final String EXECUTOR_TEMPLATE_FILE = "executor.yaml";
    static final int DRIVER_PORT = 7078;
    static final int BLOCK_MANAGER_PORT = 7079;
    static final int UI_PORT = 4040;

    /** Where the image has the script that tells Spark which GPUs a pod has. */
    private static final String DISCOVERY_SCRIPT = "/opt/perihelion/bin/discover-gpus";

    private final ClusterSettings settings;
    private final Names names;

    SparkSettings(ClusterSettings settings, Names names) {
        this.settings = settings;
        this.names = names;
    }

    /** One option a line, quoted as the JVM's argument files want it. */
    String driverOptions() {
        long heap = ClusterSettings.mebibytes("driver.memory", settings.driver().memory()) * 3 / 4;
        return "-Xmx" + heap + "m\n"
                + properties().entrySet().stream()
                        .map(property -> quoted("-D" + property.getKey() + "=" + property.getValue()) + "\n")
                        .collect(Collectors.joining());
    }

    private Map<String, String> properties() {
        ClusterSettings.Executors executors = settings.executors();
        Map<String, String> map = new LinkedHashMap<>();
        map.put("spark.driver.host", names.driver() + "." + settings.namespace() + ".svc");
        map.put("spark.driver.bindAddress", "0.0.0.0");
        map.put("spark.driver.port", Integer.toString(DRIVER_PORT));
        map.put("spark.driver.blockManager.port", Integer.toString(BLOCK_MANAGER_PORT));
        map.put("spark.kubernetes.namespace", settings.namespace());
        map.put("spark.kubernetes.container.image", settings.image());
        map.put("spark.kubernetes.executor.podNamePrefix", names.base());
        map.put("spark.kubernetes.executor.podTemplateFile", CONFIGURATION_FOLDER + "/" + EXECUTOR_TEMPLATE_FILE);
        map.put("spark.kubernetes.executor.podTemplateContainerName", ExecutorTemplate.CONTAINER);
        String cores = Integer.toString(executors.cores());
        map.put("spark.executor.instances", Integer.toString(executors.count()));
        map.put("spark.executor.cores", cores);
        map.put("spark.kubernetes.executor.request.cores", cores);
        map.put("spark.kubernetes.executor.limit.cores", cores);
        // The Python workers live beside the JVM, and need most of the pod's memory.
        long memory = ClusterSettings.mebibytes("executors.memory", executors.memory());
        map.put("spark.executor.memory", memory / 4 + "m");
        map.put("spark.executor.memoryOverhead", memory - memory / 4 + "m");
        if (executors.gpus() > 0) {
            // No amount per task: only the measuring stages ask for a GPU, the compiling ones share the executor's
            // cores.
            map.put("spark.executor.resource.gpu.amount", Integer.toString(executors.gpus()));
            map.put("spark.executor.resource.gpu.vendor", executors.vendor());
            map.put("spark.executor.resource.gpu.discoveryScript", DISCOVERY_SCRIPT);
        }
        map.putAll(settings.spark());
        return map;
    }

    private static String quoted(String option) {
        return "\"" + option.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
