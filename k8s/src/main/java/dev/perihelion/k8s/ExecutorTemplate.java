package dev.perihelion.k8s;

import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.List;

/** The pod that Spark takes as a pattern for executors; it adds command, environment, cores and memory itself. */
final class ExecutorTemplate {

    static final String CONTAINER = "executor";

    private final ClusterSettings settings;

    ExecutorTemplate(ClusterSettings settings) {
        this.settings = settings;
    }

    Pod pod(ObjectMeta metadata) {
        ClusterSettings.Executors executors = settings.executors();
        return new PodBuilder()
                .withMetadata(metadata)
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withRestartPolicy("Never")
                .withNodeSelector(executors.nodeSelector())
                .withTolerations(executors.tolerations())
                .withSecurityContext(podSecurity(settings))
                .addNewContainer()
                .withName(CONTAINER)
                .withImage(settings.image())
                .withEnvFrom(environment(settings))
                .withResources(resources(executors))
                .withSecurityContext(containerSecurity())
                .endContainer()
                .endSpec()
                .build();
    }

    private static ResourceRequirements resources(ClusterSettings.Executors executors) {
        ResourceRequirementsBuilder resources = new ResourceRequirementsBuilder();
        Quantity cores = new Quantity(Integer.toString(executors.cores()));
        Quantity memory = Quantity.parse(executors.memory());
        resources.addToRequests("cpu", cores).addToRequests("memory", memory);
        resources.addToLimits("cpu", cores).addToLimits("memory", memory);
        if (executors.gpus() > 0) {
            resources.addToLimits(executors.vendor() + "/gpu", new Quantity(Integer.toString(executors.gpus())));
        }
        return resources.build();
    }

    static PodSecurityContext podSecurity(ClusterSettings settings) {
        return new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(settings.userId())
                .withFsGroup(settings.userId())
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build();
    }

    static SecurityContext containerSecurity() {
        return new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }

    static List<EnvFromSource> environment(ClusterSettings settings) {
        return settings.secret() == null
                ? List.of()
                : List.of(new EnvFromSourceBuilder()
                        .withNewSecretRef()
                        .withName(settings.secret())
                        .endSecretRef()
                        .build());
    }
}
