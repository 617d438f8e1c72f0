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
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The Kubernetes objects of one sweep: a job whose pod is the Spark driver, and what it needs. The driver makes the executor
 * pods itself, from a template that lies in one of the objects. Equal inputs give equal bytes.
 */
public final class ManifestRenderer {

    /** The label that all objects and pods of one sweep share; its value is the name that {@link #baseName} gives. */
    public static final String INSTANCE_LABEL = "app.kubernetes.io/instance";

    private static final Pattern CRON = Pattern.compile("[0-9A-Za-z*/,-]+( [0-9A-Za-z*/,-]+){4}");

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
        return yaml(objects(sweep));
    }

    /** Any objects as YAML documents. */
    public static String yaml(List<HasMetadata> objects) {
        StringBuilder text = new StringBuilder();
        for (HasMetadata object : objects) {
            text.append(Serialization.asYaml(object));
            if (text.charAt(text.length() - 1) != '\n') {
                text.append('\n');
            }
        }
        return text.toString();
    }

    /** The objects, in the order in which they can be created. */
    public List<HasMetadata> objects(SweepBundle sweep) {
        Names names = Names.of(sweep.name());
        List<HasMetadata> objects = surroundings(names, sweep);
        objects.add(job(names, sweep));
        return objects;
    }

    /**
     * As {@link #objects}, with a cron job that starts a sweep again and again, never two at a time.
     *
     * @param cron minute, hour, day of the month, month, day of the week, as {@code 0 3 * * *}
     * @throws SettingsException where that is no schedule, or a sweep is to be resumed
     */
    public List<HasMetadata> scheduled(SweepBundle sweep, String cron) {
        if (!CRON.matcher(cron).matches()) {
            throw new SettingsException("The schedule `" + cron
                    + "` cannot be read; write minute, hour, day, month and weekday, as `0 3 * * *`.");
        }
        if (resume.isPresent()) {
            throw new SettingsException("A schedule starts new sweeps; it cannot resume `" + resume.get() + "`.");
        }
        Names names = Names.of(sweep.name());
        List<HasMetadata> objects = surroundings(names, sweep);
        objects.add(new CronJobBuilder()
                // Without a suffix: jobs get the time added to this name, and must stay within 63 characters.
                .withMetadata(metadata(names, names.base(), "schedule"))
                .withNewSpec()
                .withSchedule(cron)
                .withConcurrencyPolicy("Forbid")
                .withNewJobTemplate()
                .withNewMetadata()
                .withLabels(labels(names, "driver"))
                .endMetadata()
                .withSpec(job(names, sweep).getSpec())
                .endJobTemplate()
                .endSpec()
                .build());
        return objects;
    }

    private Job job(Names names, SweepBundle sweep) {
        return new DriverJob(settings, names).job(metadata(names, names.driver(), "driver"), sweep, resume);
    }

    /** Everything but the job. */
    private List<HasMetadata> surroundings(Names names, SweepBundle sweep) {
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
