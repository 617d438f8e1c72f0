package dev.perihelion.cli;

import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.results.KnownTasks;
import dev.perihelion.sweep.spec.SweepSpec;
import dev.perihelion.sweep.spec.TaskCheck;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Path;
import java.time.Instant;
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

    @Option(
            names = "--total-budget",
            paramLabel = "B",
            description =
                    "When the whole sweep ends: 20000 evaluations, 8h, or both as 20000,8h; in place of total_budget.")
    private String totalBudget;

    @Option(
            names = "--cold",
            description = "Begins every task without what the store knows of others, as `cold: true` does.")
    private boolean cold;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Also appends the event log, JSON lines, to this file.")
    private Path events;

    @Option(
            names = "--dry-run",
            description =
                    "Shows the tuning tasks, the size of each space, what each costs at most and what the store has of it;"
                            + " tunes nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        SweepSpec read = SweepSpec.read(specification, TaskCheck.COMPILER);
        if (dryRun) {
            SweepSpec whole = read.withInputs(new SweepInputs(KernelOptions::describeAlone), TaskCheck.COMPILER);
            DryRun.print(spec.commandLine().getOut(), sweep(whole), new KnownTasks(new TrialStore(store)));
            return ExitStatus.DONE;
        }
        try (SweepSession session = new SweepSession(
                spec.commandLine().getOut(), spec.commandLine().getErr(), store, Optional.ofNullable(master))) {
            SweepSpec whole = read.withInputs(new SweepInputs(session::describeInputs), TaskCheck.COMPILER);
            return session.run(sweep(whole), Optional.ofNullable(events));
        }
    }

    private Sweep sweep(SweepSpec whole) {
        Sweep sweep = whole.toSweep(Instant.now());
        if (cold) {
            sweep = sweep.withCold(true);
        }
        if (totalBudget != null) {
            sweep = sweep.withBudget(readTotalBudget());
        }
        return resume == null || dryRun ? sweep : sweep.withId(new TrialStore(store).resolve(resume));
    }

    private SweepBudget readTotalBudget() {
        try {
            return SweepBudget.parse(totalBudget);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(e.getMessage());
        }
    }
}
