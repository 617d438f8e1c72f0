package dev.perihelion.cli;

import dev.perihelion.sweep.store.CompactionReport;
import dev.perihelion.sweep.store.StoreProblem;
import dev.perihelion.sweep.store.StoreReport;
import dev.perihelion.sweep.store.TrialStore;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code perihelion store}. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Looks after the files of a store.")
final class StoreCommand {

    @Spec
    private CommandSpec spec;

    @Command(
            name = "fsck",
            mixinStandardHelpOptions = true,
            description = "Reads a whole store and tells what is wrong with it. Changes nothing.",
            footer = "Exit status 3 where there is a problem.")
    int fsck(
            @Option(
                            names = "--store",
                            paramLabel = "DIR",
                            defaultValue = "store",
                            description = "The store (default: ${DEFAULT-VALUE})")
                    String store,
            @Option(names = "--json", description = "Prints one JSON document.") boolean json) {
        StoreReport report;
        try (StoreWalk walk = StoreWalk.onTerminal(spec.commandLine().getErr(), "Reading")) {
            report = new TrialStore(store).check(walk);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.toJson());
        } else {
            report.problems().forEach(problem -> print(out, problem));
            out.printf(
                    Locale.ROOT,
                    "%s: %d sweeps, %d tasks, %d trials; %d files, %d rows, %s; %s%n",
                    report.location(),
                    report.sweeps(),
                    report.tasks(),
                    report.trials(),
                    report.files(),
                    report.rows(),
                    bytes(report.bytes()),
                    problems(report.problems().size()));
        }
        return report.problems().isEmpty() ? ExitStatus.DONE : ExitStatus.NOTHING_VALID;
    }

    @Command(
            name = "compact",
            mixinStandardHelpOptions = true,
            description =
                    "Makes one file of the many that each finished task's trials are in. May be cut off at any time.",
            footer = "Exit status 3 where a task could not be compacted.")
    int compact(
            @Parameters(
                            paramLabel = "SWEEP_ID",
                            arity = "0..1",
                            description = "A sweep's id, or latest; all sweeps that have ended where it is left out.")
                    String sweep,
            @Option(
                            names = "--store",
                            paramLabel = "DIR",
                            defaultValue = "store",
                            description = "The store (default: ${DEFAULT-VALUE})")
                    String store,
            @Option(
                            names = "--force",
                            description =
                                    "Also sweeps and tasks that have not ended; see docs/store.md for what that risks.")
                    boolean force,
            @Option(names = "--json", description = "Prints one JSON document.") boolean json) {
        CompactionReport report;
        try (StoreWalk walk = StoreWalk.onTerminal(spec.commandLine().getErr(), "Compacting")) {
            report = new TrialStore(store).compact(Optional.ofNullable(sweep), force, walk);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.toJson());
        } else {
            print(out, report);
        }
        return report.hasProblems() ? ExitStatus.NOTHING_VALID : ExitStatus.DONE;
    }

    private static void print(PrintWriter out, StoreProblem problem) {
        String row = problem.row().isPresent() ? ", row " + problem.row().getAsLong() : "";
        out.println(problem.kind().id() + ": " + problem.file() + row);
        out.println("  " + problem.what());
        out.println("  " + problem.action());
    }

    private static void print(PrintWriter out, CompactionReport report) {
        List<List<String>> rows = new ArrayList<>();
        for (CompactionReport.Task task : report.tasks()) {
            if (task.filesBefore() != task.filesAfter() || !task.problem().isEmpty()) {
                rows.add(List.of(
                        task.sweep(),
                        task.task(),
                        task.filesBefore() + " -> " + task.filesAfter(),
                        bytes(task.bytesBefore()) + " -> " + bytes(task.bytesAfter()),
                        task.problem()));
            }
        }
        if (!rows.isEmpty()) {
            TextTable.print(out, List.of("sweep", "task", "files", "size", "problem"), rows);
        }
        report.leftOut().forEach((what, why) -> out.println("Left as it is: " + what + ": " + why));
        out.printf(
                Locale.ROOT,
                "%d tasks: %d files and %s before, %d files and %s after; %d unfinished files deleted; %s%n",
                report.tasks().size(),
                report.sum(CompactionReport.Task::filesBefore),
                bytes(report.sum(CompactionReport.Task::bytesBefore)),
                report.sum(CompactionReport.Task::filesAfter),
                bytes(report.sum(CompactionReport.Task::bytesAfter)),
                report.sum(CompactionReport.Task::leftovers),
                problems(report.sum(task -> task.problem().isEmpty() ? 0 : 1)));
    }

    private static String problems(long count) {
        return count == 0 ? "no problem" : count == 1 ? "1 problem" : count + " problems";
    }

    private static String bytes(long bytes) {
        return bytes < 10_000 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
