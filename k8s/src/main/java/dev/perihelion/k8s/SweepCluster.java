package dev.perihelion.k8s;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Sweeps on a cluster: starts them, tells how they are, and takes them away. Sweeps are known by the user's name. */
public final class SweepCluster {

    private final KubernetesClient client;
    private final String namespace;

    /** A cluster as the client sees it; the caller closes the client. */
    public SweepCluster(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** How a sweep's job is. */
    public enum Phase {
        ABSENT,
        PENDING,
        RUNNING,
        SUCCEEDED,
        FAILED
    }

    /**
     * A look at one sweep.
     *
     * @param phase of the driver
     * @param executors pods of executors that run now
     */
    public record Status(Phase phase, int executors) {}

    /**
     * Creates a sweep's objects. What a former sweep of that name has left is replaced, but for its volume, which is kept.
     *
     * @throws SettingsException where a job of that name is there already
     */
    public void submit(List<HasMetadata> objects) {
        for (HasMetadata object : objects) {
            if (object instanceof Job && client.resource(object).get() != null) {
                throw new SettingsException("A sweep of that name has the job `"
                        + object.getMetadata().getName() + "` in the namespace `" + namespace
                        + "` already; cancel it or give this one another name.");
            }
        }
        for (HasMetadata object : objects) {
            if (!(object instanceof PersistentVolumeClaim)
                    || client.resource(object).get() == null) {
                client.resource(object).createOr(NonDeletingOperation::update);
            }
        }
    }

    /** How the sweep is now. */
    public Status status(String sweepName) {
        int executors = (int) client
                .pods()
                .inNamespace(namespace)
                .withLabel(ManifestRenderer.INSTANCE_LABEL, ManifestRenderer.baseName(sweepName))
                .withLabel("app.kubernetes.io/component", "executor")
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getStatus() != null
                        && Objects.equals(pod.getStatus().getPhase(), "Running"))
                .count();
        return new Status(phase(Optional.ofNullable(job(sweepName))), executors);
    }

    /** What the driver has written so far. */
    public String logs(String sweepName) {
        requireJob(sweepName);
        return client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withName(ManifestRenderer.jobName(sweepName))
                .getLog();
    }

    /** Writes what the driver writes, from its start; the caller closes the watch. */
    public LogWatch follow(String sweepName, OutputStream out) {
        requireJob(sweepName);
        return client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withName(ManifestRenderer.jobName(sweepName))
                .watchLog(out);
    }

    /** Ends a sweep or its schedule and removes its objects, but for its volume. Nothing happens where there is none. */
    public void cancel(String sweepName) {
        String instance = ManifestRenderer.baseName(sweepName);
        String label = ManifestRenderer.INSTANCE_LABEL;
        client.batch()
                .v1()
                .cronjobs()
                .inNamespace(namespace)
                .withLabel(label, instance)
                .delete();
        // With the job goes its pod, the driver, and with the driver its executors.
        client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withLabel(label, instance)
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .delete();
        client.pods().inNamespace(namespace).withLabel(label, instance).delete();
        client.services().inNamespace(namespace).withLabel(label, instance).delete();
        client.configMaps().inNamespace(namespace).withLabel(label, instance).delete();
        client.rbac()
                .roleBindings()
                .inNamespace(namespace)
                .withLabel(label, instance)
                .delete();
        client.rbac().roles().inNamespace(namespace).withLabel(label, instance).delete();
        client.serviceAccounts()
                .inNamespace(namespace)
                .withLabel(label, instance)
                .delete();
    }

    private Job job(String sweepName) {
        return client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withName(ManifestRenderer.jobName(sweepName))
                .get();
    }

    private void requireJob(String sweepName) {
        if (job(sweepName) == null) {
            throw new SettingsException("There is no sweep `" + sweepName + "` in the namespace `" + namespace + "`.");
        }
    }

    private static Phase phase(Optional<Job> job) {
        if (job.isEmpty()) {
            return Phase.ABSENT;
        }
        JobStatus status = job.get().getStatus();
        if (status == null) {
            return Phase.PENDING;
        }
        if (isPositive(status.getSucceeded())) {
            return Phase.SUCCEEDED;
        }
        if (isPositive(status.getFailed())) {
            return Phase.FAILED;
        }
        return isPositive(status.getActive()) ? Phase.RUNNING : Phase.PENDING;
    }

    private static boolean isPositive(Integer count) {
        return count != null && count > 0;
    }
}
