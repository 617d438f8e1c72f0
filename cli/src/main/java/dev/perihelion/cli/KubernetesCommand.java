package dev.perihelion.cli;

import dev.perihelion.k8s.ClusterSettings;
import dev.perihelion.k8s.ManifestRenderer;
import dev.perihelion.k8s.SweepBundle;
import dev.perihelion.sweep.spec.SweepSpec;
import dev.perihelion.sweep.spec.TaskCheck;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code perihelion k8s}. */
@Command(
        name = "k8s",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Runs sweeps on Kubernetes.")
final class KubernetesCommand {

    @Spec
    private CommandSpec spec;

    @Command(
            name = "render",
            mixinStandardHelpOptions = true,
            description = "Prints the manifests that run a sweep as a Spark application with GPU executors.")
    int render(
            @Parameters(
                            paramLabel = "SPEC.yaml",
                            description = "The sweep specification; cluster settings stand under `kubernetes:`.")
                    Path specification,
            @Option(names = "--schedule", paramLabel = "CRON", description = "Renders a CronJob with this schedule.")
                    String schedule) {
        SweepSpec.read(specification, TaskCheck.COMPILER);
        SweepBundle sweep = SweepBundle.read(specification);
        ManifestRenderer renderer = new ManifestRenderer(ClusterSettings.fromSpecification(sweep.specification()));
        String yaml =
                schedule == null ? renderer.yaml(sweep) : ManifestRenderer.yaml(renderer.scheduled(sweep, schedule));
        spec.commandLine().getOut().print(yaml);
        spec.commandLine().getOut().flush();
        return ExitStatus.DONE;
    }
}
