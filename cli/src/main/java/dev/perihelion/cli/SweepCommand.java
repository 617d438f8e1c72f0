package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.spec.SweepSpec;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code perihelion sweep}: many kernels, shapes and targets from a specification. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        description = "Tunes every kernel, shape and target of a specification as one Spark application.")
final class SweepCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SPEC.yaml", description = "The sweep specification; see docs/cli.md.")
    private Path specification;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "store",
            description = "Where results go (default: ${DEFAULT-VALUE})")
    private String store;

    @Option(
            names = "--resume",
            paramLabel = "SWEEP_ID",
            description = "Goes on with an earlier sweep, or with the latest.")
    private String resume;

    @Option(names = "--master", paramLabel = "SPARK_MASTER", description = "Spark's master (default: this machine)")
    private String master;

    @Option(names = "--dry-run", description = "Shows the tuning tasks and the size of each space, and runs nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        SweepSpec read = SweepSpec.read(specification);
        if (dryRun) {
            return showTasks(read);
        }
        Sweep sweep = read.toSweep(Instant.now());
        if (resume != null) {
            String id = new TrialStore(store).resolve(resume);
            sweep = sweep.withId(id);
        }
        try (SweepSession session = new SweepSession(
                spec.commandLine().getOut(), spec.commandLine().getErr(), store, Optional.ofNullable(master))) {
            return session.run(sweep);
        }
    }

    private int showTasks(SweepSpec read) {
        List<List<String>> rows = new ArrayList<>();
        for (TuningTask task : read.tasks()) {
            TuningTask resolved = task.target().equals(TuningTask.AUTO) ? task.withTarget("cuda:90") : task;
            AnalyzedKernel kernel = Kernels.analyze(resolved);
            rows.add(List.of(
                    task.kernel(),
                    task.target(),
                    task.argumentValues().toString().replaceAll("^\\{|}$", ""),
                    String.format(Locale.ROOT, "10^%.1f", kernel.space().sizeLog10())));
        }
        TextTable.print(spec.commandLine().getOut(), List.of("kernel", "target", "arguments", "configurations"), rows);
        return ExitStatus.DONE;
    }
}
