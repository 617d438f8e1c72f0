package dev.perihelion.cli;

import dev.perihelion.sweep.export.Exporters;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code perihelion export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes a sweep's best configurations for a runtime to load.")
final class ExportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SWEEP_ID",
            arity = "0..1",
            defaultValue = "latest",
            description = "A sweep's id, or latest (the default).")
    private String sweep;

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "bundle",
            description =
                    "bundle (modules that perihelion.load runs), helion (arguments of helion.Config), or all trials as a recorded"
                            + " space: space (for perihelion study), t4, kernel-tuner; default: ${DEFAULT-VALUE}")
    private String format;

    @Option(names = "--output", paramLabel = "DIR", description = "Where to write (default: the format's name)")
    private Path output;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "store",
            description = "The store (default: ${DEFAULT-VALUE})")
    private String store;

    @Override
    public Integer call() {
        SweepResults results = SweepResults.read(new TrialStore(store), sweep);
        Exporters.named(format)
                .export(results, Kernels::analyze, output == null ? Path.of(format) : output)
                .forEach(path -> spec.commandLine().getOut().println(path));
        return ExitStatus.DONE;
    }
}
