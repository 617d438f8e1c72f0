package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.spec.SweepSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code perihelion tune}: a sweep of one kernel with one set of arguments. */
@Command(
        name = "tune",
        mixinStandardHelpOptions = true,
        description = {
            "Searches a kernel's configurations for the fastest.",
            "Where a GPU is present its latencies are measured; where none is, configurations are compiled for real,"
                    + " checked on the CPU at small shapes, and ranked by estimates that are marked as such."
        })
final class TuneCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private KernelOptions kernel;

    @Option(
            names = "--target",
            paramLabel = "T",
            defaultValue = TuningTask.AUTO,
            description =
                    "What to tune for: cuda:auto (the GPU here), cuda:90, hip:gfx942 ... (default: ${DEFAULT-VALUE})")
    private String target;

    @Option(
            names = "--strategy",
            paramLabel = "S",
            defaultValue = SweepSpec.DEFAULT_STRATEGY,
            description = "How to search (default: ${DEFAULT-VALUE})")
    private String strategy;

    @Option(
            names = "--configs",
            paramLabel = "FILE",
            description =
                    "Measures these configurations, one JSON object a line, in place of a search; to record a space.")
    private Path configurations;

    @Option(
            names = "--budget",
            paramLabel = "B",
            defaultValue = "64",
            description =
                    "When to end: 400 evaluations, 90s, or both as 400,90s (default: ${DEFAULT-VALUE}; with --configs,"
                            + " all of them)")
    private String budget;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of search and inputs (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--reference",
            paramLabel = "FUNCTION",
            description =
                    "A function of FILE to check results against (default: KERNEL_reference where FILE has it, else the"
                            + " default configuration's results)")
    private String reference;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "store",
            description = "Where results go (default: ${DEFAULT-VALUE})")
    private String store;

    @Option(
            names = "--cold",
            description = "Begins without what the store knows of near tasks, as other shapes of the kernel.")
    private boolean cold;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Also appends the event log, JSON lines, to this file.")
    private Path events;

    @Option(names = "--master", paramLabel = "SPARK_MASTER", description = "Spark's master (default: this machine)")
    private String master;

    @Override
    public Integer call() throws InterruptedException {
        try (SweepSession session = new SweepSession(
                spec.commandLine().getOut(), spec.commandLine().getErr(), store, Optional.ofNullable(master))) {
            return session.run(sweep(session), Optional.ofNullable(events));
        }
    }

    private Sweep sweep(SweepSession session) throws InterruptedException {
        String source = kernel.source();
        SourceFile file = new SourceFile(kernel.file(), source);
        Map<String, String> values = kernel.argumentValues(session::describeInputs);
        Target checked = target.equals(TuningTask.AUTO) ? Target.parse("cuda:90") : TargetOption.parse(target);
        // Mistakes in the kernel are told before anything but what runs an input function is started.
        AnalyzedKernel analyzed = TileCompiler.analyze(file, kernel.kernelName(), KernelOptions.read(values), checked);
        List<Configuration> listed =
                configurations == null ? List.of() : ConfigurationLines.read(configurations, analyzed.space());
        if (!Strategies.names().contains(strategy)) {
            throw new UserMistake("There is no strategy `" + strategy + "`; there are "
                    + String.join(", ", Strategies.names()) + ".");
        }
        TuningTask task = new TuningTask(
                kernel.file(),
                source,
                kernel.kernelName(),
                values,
                target,
                listed.isEmpty() ? strategy : "listed",
                seed,
                readBudget(listed.size() + analyzed.seeds().size() + 1),
                reference(file),
                MeasurePolicy.DEFAULT,
                listed);
        return Sweep.create(kernel.kernelName(), "", List.of(task), Instant.now())
                .withCold(cold);
    }

    /** A list is gone through whole unless the user says otherwise. */
    private Budget readBudget(int listed) {
        if (configurations != null && !spec.commandLine().getParseResult().hasMatchedOption("--budget")) {
            return Budget.ofEvaluations(listed);
        }
        try {
            return Budget.parse(budget);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(e.getMessage());
        }
    }

    private Optional<String> reference(SourceFile file) {
        if (reference != null) {
            if (!ParameterNames.defines(file, reference)) {
                throw new UserMistake("There is no function `" + reference + "` in `" + kernel.file() + "`.");
            }
            return Optional.of(reference);
        }
        return Optional.of(kernel.kernelName() + "_reference").filter(name -> ParameterNames.defines(file, name));
    }
}
