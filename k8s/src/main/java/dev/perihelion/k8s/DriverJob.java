package dev.perihelion.k8s;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The job whose one pod is the Spark driver, in client mode. */
final class DriverJob {

    static final String CONTAINER = "driver";
    static final String SPECIFICATION_FILE = "spec.yaml";

    private static final String SPECIFICATION_FOLDER = "/etc/perihelion";

    private final ClusterSettings settings;
    private final Names names;

    DriverJob(ClusterSettings settings, Names names) {
        this.settings = settings;
        this.names = names;
    }

    Job job(ObjectMeta metadata, SweepBundle sweep, Optional<String> resume) {
        return new JobBuilder()
                .withMetadata(metadata)
                .withNewSpec()
                // A second attempt would be a second sweep; resuming the first one is for the user to ask.
                .withBackoffLimit(0)
                .withTtlSecondsAfterFinished(settings.keepSeconds())
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(metadata.getLabels())
                .endMetadata()
                .withSpec(pod(sweep, resume))
                .endTemplate()
                .endSpec()
                .build();
    }

    /** ConfigMap keys of the kernel files, which may hold no {@code /}; numbered, so that equal file names stay apart. */
    static Map<String, String> keysByFile(SweepBundle sweep) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String file : sweep.files().keySet()) {
            String name = file.substring(file.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
            keys.put(file, "kernel-" + keys.size() + "-" + name);
        }
        return keys;
    }

    private PodSpec pod(SweepBundle sweep, Optional<String> resume) {
        PodSpecBuilder pod = new PodSpecBuilder()
                .withServiceAccountName(settings.givenServiceAccount().orElse(names.driver()))
                .withRestartPolicy("Never")
                .withSecurityContext(ExecutorTemplate.podSecurity(settings))
                .withContainers(container(resume))
                .addNewVolume()
                .withName("specification")
                .withNewConfigMap()
                .withName(names.specification())
                .withItems(items(sweep))
                .endConfigMap()
                .endVolume()
                .addNewVolume()
                .withName("configuration")
                .withNewConfigMap()
                .withName(names.configuration())
                .endConfigMap()
                .endVolume();
        if (settings.store().uri() == null) {
            String claim = Optional.ofNullable(settings.store().claim()).orElse(names.store());
            pod.addNewVolume()
                    .withName("store")
                    .withNewPersistentVolumeClaim(claim, false)
                    .endVolume();
        }
        return pod.build();
    }

    private Container container(Optional<String> resume) {
        List<String> arguments = new ArrayList<>(List.of(
                "sweep",
                SPECIFICATION_FOLDER + "/" + SPECIFICATION_FILE,
                "--store",
                settings.store().location(),
                "--master",
                SparkSettings.MASTER));
        resume.ifPresent(id -> arguments.addAll(List.of("--resume", id)));
        Quantity cores = new Quantity(Integer.toString(settings.driver().cores()));
        Quantity memory = Quantity.parse(settings.driver().memory());
        ContainerBuilder container = new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(settings.image())
                .withArgs(arguments)
                .withEnvFrom(ExecutorTemplate.environment(settings))
                .addNewEnv()
                .withName("PERIHELION_POD")
                .withNewValueFrom()
                .withNewFieldRef(null, "metadata.name")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("SPARK_LOCAL_IP")
                .withNewValueFrom()
                .withNewFieldRef(null, "status.podIP")
                .endValueFrom()
                .endEnv()
                // The pod's name makes executors go when the driver goes: Spark makes them its dependents.
                .addNewEnv()
                .withName("PERIHELION_JAVA_OPTS")
                .withValue("@" + SparkSettings.CONFIGURATION_FOLDER + "/" + SparkSettings.DRIVER_OPTIONS_FILE
                        + " -Dspark.kubernetes.driver.pod.name=$(PERIHELION_POD)")
                .endEnv()
                .withNewResources()
                .addToRequests("cpu", cores)
                .addToRequests("memory", memory)
                .addToLimits("memory", memory)
                .endResources()
                .withSecurityContext(ExecutorTemplate.containerSecurity())
                .addNewVolumeMount()
                .withName("specification")
                .withMountPath(SPECIFICATION_FOLDER)
                .withReadOnly(true)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("configuration")
                .withMountPath(SparkSettings.CONFIGURATION_FOLDER)
                .withReadOnly(true)
                .endVolumeMount();
        if (settings.store().uri() == null) {
            container
                    .addNewVolumeMount()
                    .withName("store")
                    .withMountPath(settings.store().mount())
                    .endVolumeMount();
        }
        return container.build();
    }

    private static List<KeyToPath> items(SweepBundle sweep) {
        List<KeyToPath> items = new ArrayList<>();
        items.add(new KeyToPath(SPECIFICATION_FILE, null, SPECIFICATION_FILE));
        keysByFile(sweep).forEach((file, key) -> items.add(new KeyToPath(key, null, file)));
        return items;
    }
}
