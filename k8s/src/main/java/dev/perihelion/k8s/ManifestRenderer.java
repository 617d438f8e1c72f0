package dev.perihelion.k8s;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Kubernetes objects of one sweep: a job whose pod is the Spark driver, and what it needs. The driver makes the executor
 * pods itself, from a template that lies in one of the objects. Equal inputs give equal bytes.
 */
public final class ManifestRenderer {

    /** The label that all objects and pods of one sweep share; its value is the name that {@link #baseName} gives. */
    public static final String INSTANCE_LABEL = "app.kubernetes.io/instance";

    private final ClusterSettings settings;
    private final Optional<String> resume;

    public ManifestRenderer(ClusterSettings settings) {
        this(settings, Optional.empty());
    }

    /** With the id of a sweep in the store that is to be resumed, or {@code latest}. */
    public ManifestRenderer(ClusterSettings settings, Optional<String> resume) {
        this.settings = settings;
        this.resume = resume;
    }

    /** What the names of all objects of a sweep begin with. */
    public static String baseName(String sweepName) {
        return Names.of(sweepName).base();
    }

    /** The name of the job among a sweep's objects. */
    public static String jobName(String sweepName) {
        return Names.of(sweepName).driver();
    }

    /** The objects as YAML documents, in the order in which they can be created. */
    public String yaml(SweepBundle sweep) {
        StringBuilder text = new StringBuilder();
        for (HasMetadata object : objects(sweep)) {
            String document = Serialization.asYaml(object);
            text.append(document.startsWith("---") ? "" : "---\n").append(document);
            if (!document.endsWith("\n")) {
                text.append('\n');
            }
        }
        return text.toString();
    }

    /** The objects, in the order in which they can be created. */
    public List<HasMetadata> objects(SweepBundle sweep) {
        Names names = Names.of(sweep.name());
        List<HasMetadata> objects = new ArrayList<>();
        if (settings.givenServiceAccount().isEmpty()) {
            objects.addAll(Permissions.of(metadata(names, names.driver(), "driver")));
        }
        objects.add(specification(names, sweep));
        objects.add(configuration(names));
        if (settings.store().needsClaim()) {
            objects.add(claim(names));
        }
        objects.add(service(names));
        objects.add(new DriverJob(settings, names).job(metadata(names, names.driver(), "driver"), sweep, resume));
        return objects;
    }

    private ConfigMap specification(Names names, SweepBundle sweep) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put(DriverJob.SPECIFICATION_FILE, sweep.specification());
        DriverJob.keysByFile(sweep)
                .forEach((file, key) -> data.put(key, sweep.files().get(file)));
        return new ConfigMapBuilder()
                .withMetadata(metadata(names, names.specification(), "specification"))
                .withData(data)
                .build();
    }

    private ConfigMap configuration(Names names) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put(SparkSettings.DRIVER_OPTIONS_FILE, new SparkSettings(settings, names).driverOptions());
        ObjectMeta pod =
                new ObjectMetaBuilder().withLabels(labels(names, "executor")).build();
        data.put(SparkSettings.EXECUTOR_TEMPLATE_FILE, Serialization.asYaml(new ExecutorTemplate(settings).pod(pod)));
        return new ConfigMapBuilder()
                .withMetadata(metadata(names, names.configuration(), "configuration"))
                .withData(data)
                .build();
    }

    private PersistentVolumeClaim claim(Names names) {
        return new PersistentVolumeClaimBuilder()
                .withMetadata(metadata(names, names.store(), "store"))
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(settings.store().storageClass())
                .withNewResources()
                .addToRequests("storage", Quantity.parse(settings.store().size()))
                .endResources()
                .endSpec()
                .build();
    }

    /** Gives the driver a name that executors can find; headless, as they connect to the pod itself. */
    private Service service(Names names) {
        return new ServiceBuilder()
                .withMetadata(metadata(names, names.driver(), "driver"))
                .withNewSpec()
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(selector(names))
                .addNewPort()
                .withName("driver-rpc")
                .withPort(SparkSettings.DRIVER_PORT)
                .endPort()
                .addNewPort()
                .withName("block-manager")
                .withPort(SparkSettings.BLOCK_MANAGER_PORT)
                .endPort()
                .addNewPort()
                .withName("ui")
                .withPort(SparkSettings.UI_PORT)
                .endPort()
                .endSpec()
                .build();
    }

    private ObjectMeta metadata(Names names, String name, String component) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(settings.namespace())
                .withLabels(labels(names, component))
                .build();
    }

    private static Map<String, String> selector(Names names) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(INSTANCE_LABEL, names.base());
        labels.put("app.kubernetes.io/component", "driver");
        return labels;
    }

    private static Map<String, String> labels(Names names, String component) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app.kubernetes.io/name", "perihelion");
        labels.put(INSTANCE_LABEL, names.base());
        labels.put("app.kubernetes.io/component", component);
        labels.put("app.kubernetes.io/managed-by", "perihelion");
        return labels;
    }
}
