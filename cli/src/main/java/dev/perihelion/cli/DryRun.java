package dev.perihelion.cli;

import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.results.KnownTasks;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Says what a sweep would do: its tasks, how much each may cost, and what the store has of it already. */
final class DryRun {

    private static final String STAND_IN = "cuda:90";

    private DryRun() {}

    static void print(PrintWriter out, Sweep sweep, KnownTasks known) {
        List<TuningTask> tasks = sweep.tasks();
        boolean priorities = tasks.stream().anyMatch(task -> task.priority() != 0);
        List<List<String>> rows = new ArrayList<>();
        double evaluations = 0;
        for (TuningTask task : tasks) {
            double size = Kernels.analyze(resolved(task)).space().sizeLog10();
            double most = Math.min(task.budget().evaluations(), Math.rint(Math.pow(10, size)));
            evaluations += task.budget().evaluations() == Integer.MAX_VALUE ? Double.POSITIVE_INFINITY : most;
            List<String> row = new ArrayList<>(List.of(
                    task.kernel(),
                    task.target(),
                    task.argumentValues().toString().replaceAll("^\\{|}$", ""),
                    String.format(Locale.ROOT, "10^%.1f", size),
                    cost(task.budget(), most),
                    known.describe(
                            task,
                            nanos -> ResultTable.latency(nanos, true),
                            nanos -> ResultTable.latency(nanos, false))));
            if (priorities) {
                row.add(4, Integer.toString(task.priority()));
            }
            rows.add(row);
        }
        List<String> header =
                new ArrayList<>(List.of("kernel", "target", "arguments", "configurations", "at most", "in the store"));
        if (priorities) {
            header.add(4, "priority");
        }
        TextTable.print(out, header, rows);
        out.println(total(tasks.size(), evaluations, sweep.budget()));
        if (tasks.stream().anyMatch(task -> task.target().equals(TuningTask.AUTO))) {
            out.println("cuda:auto becomes the GPU that is found; spaces are shown for " + STAND_IN + ".");
        }
    }

    private static TuningTask resolved(TuningTask task) {
        return task.target().equals(TuningTask.AUTO) ? task.withTarget(STAND_IN) : task;
    }

    private static String cost(Budget budget, double most) {
        StringJoiner parts = new StringJoiner(", ");
        if (budget.evaluations() != Integer.MAX_VALUE) {
            parts.add(String.format(Locale.ROOT, "%.0f evaluations", most));
        }
        if (Double.isFinite(budget.gpuSeconds())) {
            parts.add(SweepView.duration(budget.gpuSeconds()) + " of GPU");
        }
        if (Double.isFinite(budget.wallSeconds())) {
            parts.add(SweepView.duration(budget.wallSeconds()));
        }
        return parts.toString();
    }

    private static String total(int tasks, double evaluations, SweepBudget budget) {
        StringJoiner parts = new StringJoiner("; ");
        parts.add(tasks + (tasks == 1 ? " tuning task" : " tuning tasks"));
        if (Double.isFinite(evaluations)) {
            parts.add(String.format(Locale.ROOT, "at most %.0f evaluations", evaluations));
        }
        StringJoiner limits = new StringJoiner(" or ");
        budget.evaluations().ifPresent(number -> limits.add(number + " evaluations"));
        budget.minutes().ifPresent(minutes -> limits.add(SweepView.duration(minutes * 60)));
        if (limits.length() > 0) {
            parts.add("the whole ends after " + limits);
        }
        return parts + ".";
    }
}
