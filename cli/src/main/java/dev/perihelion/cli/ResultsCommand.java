package dev.perihelion.cli;

import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.store.TrialStore;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code perihelion results}. */
@Command(
        name = "results",
        mixinStandardHelpOptions = true,
        description = "Shows the fastest configurations of a sweep.")
final class ResultsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SWEEP_ID",
            arity = "0..1",
            defaultValue = "latest",
            description = "A sweep's id, or latest (the default).")
    private String sweep;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "store",
            description = "The store (default: ${DEFAULT-VALUE})")
    private String store;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many a task (default: ${DEFAULT-VALUE})")
    private int top;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        SweepResults results = SweepResults.read(new TrialStore(store), sweep);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(results.toJson());
        } else {
            out.println("Sweep " + results.sweep());
            results.tasks().forEach(task -> print(out, task));
            if (results.tasks().size() > 1) {
                out.println();
                SweepTable table = new SweepTable();
                results.tasks().forEach(table::add);
                table.print(out);
            }
        }
        return results.foundAnything() ? ExitStatus.DONE : ExitStatus.NOTHING_VALID;
    }

    private void print(PrintWriter out, TaskResult task) {
        String outcomes = task.outcomes().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey().id())
                .collect(Collectors.joining(", "));
        String where = task.device()
                .map(device -> "measured on " + device)
                .orElse("ESTIMATES for " + task.row().task().target() + ", not measurements");
        out.println();
        out.println(task.id() + " (" + where + ")");
        out.println("  " + task.trials().size() + " trials: " + outcomes);
        if (!task.row().problem().isEmpty()) {
            out.println("  " + task.row().state() + ": " + task.row().problem());
        }
        FailureReasons.print(out, task);
        ResultTable.print(out, task, top);
        VerdictLines.print(out, task);
    }
}
