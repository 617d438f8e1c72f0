package dev.perihelion.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@EnableKubernetesMockClient(crud = true, https = false)
@Timeout(60)
class ManifestRendererTest {

    private KubernetesClient client;

    @Test
    void theYamlCanBeLoadedCreatedAndFoundByLabel() {
        String yaml = Norms.renderer().yaml(Norms.sweep());
        List<HasMetadata> loaded = client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items();
        assertThat(loaded).isEqualTo(Norms.renderer().objects(Norms.sweep()));

        client.resourceList(loaded).create();

        String instance = ManifestRenderer.baseName("Nightly norms");
        assertThat(client.batch()
                        .v1()
                        .jobs()
                        .inNamespace("tuning")
                        .withLabel(ManifestRenderer.INSTANCE_LABEL, instance)
                        .list()
                        .getItems())
                .extracting(job -> job.getMetadata().getName())
                .containsExactly(ManifestRenderer.jobName("Nightly norms"));
        assertThat(client.configMaps()
                        .inNamespace("tuning")
                        .withLabel(ManifestRenderer.INSTANCE_LABEL, instance)
                        .list()
                        .getItems())
                .extracting(map -> map.getMetadata().getName())
                .containsExactlyInAnyOrder("perihelion-nightly-norms-spec", "perihelion-nightly-norms-conf");
        assertThat(client.configMaps()
                        .inNamespace("tuning")
                        .withLabel(ManifestRenderer.INSTANCE_LABEL, "another")
                        .list()
                        .getItems())
                .isEmpty();
    }

    @Test
    void executorsAskForTheirGpus() {
        PodSpec template = executor(Norms.renderer().objects(Norms.sweep())).getSpec();

        assertThat(template.getContainers().get(0).getResources().getLimits())
                .containsEntry("nvidia.com/gpu", new Quantity("4"));
        assertThat(template.getNodeSelector()).containsEntry("accelerator", "h100");
        assertThat(template.getTolerations())
                .extracting(toleration -> toleration.getKey())
                .containsExactly("nvidia.com/gpu");
        assertThat(template.getSecurityContext().getRunAsNonRoot()).isTrue();
    }

    @Test
    void executorsWithoutGpusAskForNone() {
        ClusterSettings settings = ClusterSettings.fromSpecification("kubernetes: {executors: {gpus: 0}}");
        List<HasMetadata> objects = new ManifestRenderer(settings).objects(Norms.sweep());

        assertThat(executor(objects)
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getResources()
                        .getLimits())
                .containsOnlyKeys("cpu", "memory");
        assertThat(driverOptions(objects)).doesNotContain("resource.gpu");
    }

    @Test
    void theDriverRunsTheSweepAndLeavesMemoryForWorkers() {
        List<HasMetadata> objects = Norms.renderer().objects(Norms.sweep());
        Job job = only(objects, Job.class);

        assertThat(job.getSpec().getTemplate().getSpec().getContainers().get(0).getArgs())
                .containsExactly(
                        "sweep",
                        "/etc/perihelion/spec.yaml",
                        "--store",
                        "/var/lib/perihelion/store",
                        "--master",
                        "k8s://https://kubernetes.default.svc");
        assertThat(job.getSpec().getTtlSecondsAfterFinished()).isEqualTo(86_400);
        assertThat(driverOptions(objects).lines())
                .contains(
                        "-Xmx3072m",
                        "\"-Dspark.executor.instances=2\"",
                        "\"-Dspark.executor.memory=16384m\"",
                        "\"-Dspark.executor.memoryOverhead=49152m\"",
                        "\"-Dspark.executor.resource.gpu.amount=4\"",
                        "\"-Dspark.executor.resource.gpu.vendor=nvidia.com\"",
                        "\"-Dspark.network.timeout=300s\"");
    }

    @Test
    void anObjectStoreNeedsNoVolume() {
        ClusterSettings settings =
                ClusterSettings.fromSpecification("kubernetes: {store: {uri: \"s3a://bucket/tuning\"}}");
        List<HasMetadata> objects = new ManifestRenderer(settings, Optional.of("latest")).objects(Norms.sweep());

        assertThat(objects).noneMatch(PersistentVolumeClaim.class::isInstance);
        assertThat(only(objects, Job.class)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getArgs())
                .contains("s3a://bucket/tuning")
                .endsWith("--resume", "latest");
    }

    @Test
    void aGivenAccountIsUsedAsItIs() {
        ClusterSettings settings = ClusterSettings.fromSpecification("kubernetes: {service_account: tuner}");
        List<HasMetadata> objects = new ManifestRenderer(settings).objects(Norms.sweep());

        assertThat(objects).extracting(HasMetadata::getKind).doesNotContain("ServiceAccount", "Role", "RoleBinding");
        assertThat(only(objects, Job.class).getSpec().getTemplate().getSpec().getServiceAccountName())
                .isEqualTo("tuner");
    }

    @Test
    void kernelFilesLieBesideTheSpecificationAsItNamesThem() {
        List<HasMetadata> objects = Norms.renderer().objects(Norms.sweep());

        var items = only(objects, Job.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getVolumes()
                .get(0)
                .getConfigMap()
                .getItems();
        assertThat(items).extracting(item -> item.getPath()).containsExactly("spec.yaml", "kernels/scale.py");
        assertThat(configMap(objects, "perihelion-nightly-norms-spec").getData())
                .containsKey(items.get(1).getKey());
    }

    private static Pod executor(List<HasMetadata> objects) {
        return Serialization.unmarshal(configuration(objects).get("executor.yaml"), Pod.class);
    }

    private static String driverOptions(List<HasMetadata> objects) {
        return configuration(objects).get("driver-options");
    }

    private static java.util.Map<String, String> configuration(List<HasMetadata> objects) {
        return configMap(objects, "perihelion-nightly-norms-conf").getData();
    }

    private static ConfigMap configMap(List<HasMetadata> objects, String name) {
        return objects.stream()
                .filter(object -> object instanceof ConfigMap
                        && object.getMetadata().getName().equals(name))
                .map(ConfigMap.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static <T> T only(List<HasMetadata> objects, Class<T> kind) {
        return objects.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }
}
