package dev.perihelion.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@EnableKubernetesMockClient(crud = true, https = false)
@Timeout(60)
class SweepClusterTest {

    private static final String SWEEP = "Nightly norms";

    private KubernetesClient client;
    private SweepCluster cluster;

    @BeforeEach
    void connect() {
        cluster = new SweepCluster(client, "tuning");
    }

    @Test
    void aSweepIsSubmittedWatchedAndCancelled() {
        assertThat(cluster.status(SWEEP).phase()).isEqualTo(SweepCluster.Phase.ABSENT);

        cluster.submit(objects());
        assertThat(cluster.status(SWEEP)).isEqualTo(new SweepCluster.Status(SweepCluster.Phase.PENDING, 0));

        startAnExecutor();
        setStatus(new JobStatusBuilder().withActive(1).build());
        assertThat(cluster.status(SWEEP)).isEqualTo(new SweepCluster.Status(SweepCluster.Phase.RUNNING, 1));

        setStatus(new JobStatusBuilder().withFailed(1).build());
        assertThat(cluster.status(SWEEP).phase()).isEqualTo(SweepCluster.Phase.FAILED);

        cluster.cancel(SWEEP);
        assertThat(cluster.status(SWEEP)).isEqualTo(new SweepCluster.Status(SweepCluster.Phase.ABSENT, 0));
        assertThat(objects())
                .filteredOn(object -> client.resource(object).get() != null)
                .extracting(HasMetadata::getKind)
                .containsExactly("PersistentVolumeClaim");
    }

    @Test
    void aSecondSweepOfTheSameNameIsRefusedUntilTheFirstIsGone() {
        cluster.submit(objects());

        assertThatThrownBy(() -> cluster.submit(objects()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("`perihelion-nightly-norms-driver` in the namespace `tuning` already");

        cluster.cancel(SWEEP);
        cluster.submit(objects());
        assertThat(cluster.status(SWEEP).phase()).isEqualTo(SweepCluster.Phase.PENDING);
    }

    @Test
    void logsOfNoSweepAreAMistake() {
        assertThatThrownBy(() -> cluster.logs(SWEEP)).hasMessageContaining("There is no sweep `Nightly norms`");
    }

    @Test
    void aScheduleStartsSweepsOneAtATime() {
        List<HasMetadata> objects = Norms.renderer().scheduled(Norms.sweep(), "0 3 * * *");
        cluster.submit(objects);

        CronJob schedule = client.batch()
                .v1()
                .cronjobs()
                .inNamespace("tuning")
                .withName("perihelion-nightly-norms")
                .get();
        assertThat(schedule.getSpec().getSchedule()).isEqualTo("0 3 * * *");
        assertThat(schedule.getSpec().getConcurrencyPolicy()).isEqualTo("Forbid");
        assertThat(schedule.getSpec()
                        .getJobTemplate()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getArgs())
                .startsWith("sweep");

        cluster.cancel(SWEEP);
        assertThat(client.batch().v1().cronjobs().inNamespace("tuning").list().getItems())
                .isEmpty();
    }

    @Test
    void schedulesThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> Norms.renderer().scheduled(Norms.sweep(), "daily"))
                .hasMessageContaining("The schedule `daily` cannot be read");
        assertThatThrownBy(() -> new ManifestRenderer(ClusterSettings.DEFAULT, Optional.of("latest"))
                        .scheduled(Norms.sweep(), "0 3 * * *"))
                .hasMessageContaining("it cannot resume `latest`");
    }

    private static List<HasMetadata> objects() {
        return Norms.renderer().objects(Norms.sweep());
    }

    private void startAnExecutor() {
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("perihelion-nightly-norms-exec-1")
                        .withNamespace("tuning")
                        .addToLabels(ManifestRenderer.INSTANCE_LABEL, "perihelion-nightly-norms")
                        .addToLabels("app.kubernetes.io/component", "executor")
                        .endMetadata()
                        .withNewStatus()
                        .withPhase("Running")
                        .endStatus()
                        .build())
                .create();
    }

    private void setStatus(io.fabric8.kubernetes.api.model.batch.v1.JobStatus status) {
        client.batch()
                .v1()
                .jobs()
                .inNamespace("tuning")
                .withName(ManifestRenderer.jobName(SWEEP))
                .editStatus(job -> {
                    job.setStatus(status);
                    return job;
                });
    }
}
