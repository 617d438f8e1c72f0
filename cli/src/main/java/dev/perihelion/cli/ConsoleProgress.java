package dev.perihelion.cli;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Tells a person at a terminal, or in a log, how a sweep goes: a line every few seconds. */
final class ConsoleProgress implements ProgressListener {

    private static final long LINE_NANOS = 2_000_000_000L;

    private final PrintWriter err;
    private long lastLineNanos = System.nanoTime() - LINE_NANOS;

    ConsoleProgress(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void sweepStarted(Sweep sweep, List<TuningTask> tasks) {
        err.println("Sweep " + sweep.id() + (tasks.size() == 1 ? "" : ", " + tasks.size() + " tuning tasks"));
    }

    @Override
    public void taskSkipped(String id) {
        err.println("Task " + id + " is done already.");
    }

    @Override
    public void sweepFinished(SweepSummary summary) {}

    @Override
    public void taskStarted(String id, TuningTask task, double spaceSizeLog10) {
        String limit = task.budget().evaluations() == Integer.MAX_VALUE
                ? "a time limit"
                : task.budget().evaluations() + " evaluations";
        err.printf(
                Locale.ROOT,
                "Tuning %s for %s: about 10^%.1f configurations, %s search, seed %d, %s%n",
                task.kernel(),
                task.target(),
                spaceSizeLog10,
                task.strategy(),
                task.seed(),
                limit);
        err.println("  starting the workers and compiling the first configurations");
    }

    @Override
    public void message(String text) {
        err.println(text);
    }

    @Override
    public void batchFinished(Batch batch) {
        long now = System.nanoTime();
        if (now - lastLineNanos < LINE_NANOS && batch.trials() < batch.budget()) {
            return;
        }
        lastLineNanos = now;
        String budget = batch.budget() == Integer.MAX_VALUE ? "" : "/" + batch.budget();
        String failures = failures(batch.outcomes());
        err.printf(
                Locale.ROOT,
                "  %4d%s  %4.1f configurations/s%s  best %s%s%s%n",
                batch.trials(),
                budget,
                batch.trialsPerSecond(),
                busy(batch.gpuBusyShare()),
                latency(batch.bestNanos(), batch.measured()),
                speedup(batch),
                failures.isEmpty() ? "" : "  " + failures);
    }

    @Override
    public void taskFinished(TaskSummary summary) {
        if (!summary.problem().isEmpty()) {
            err.println("Task " + summary.id() + " " + summary.state() + ": " + summary.problem());
        }
    }

    private static String busy(OptionalDouble share) {
        return share.isPresent() ? String.format(Locale.ROOT, "  GPU busy %.0f %%", 100 * share.getAsDouble()) : "";
    }

    private static String speedup(Batch batch) {
        return batch.bestNanos().isPresent() && batch.defaultNanos().isPresent()
                ? String.format(
                        Locale.ROOT,
                        " (%.2fx the default)",
                        batch.defaultNanos().getAsDouble() / batch.bestNanos().getAsDouble())
                : "";
    }

    private static String latency(OptionalDouble nanos, boolean measured) {
        return nanos.isPresent()
                ? ResultTable.latency(nanos.getAsDouble(), measured) + (measured ? "" : " (estimate)")
                : "none yet";
    }

    /** Outcomes other than success, with their counts. */
    static String failures(Map<Outcome, Long> outcomes) {
        return outcomes.entrySet().stream()
                .filter(entry -> !entry.getKey().hasLatency() && entry.getValue() > 0)
                .map(entry -> entry.getValue() + " " + entry.getKey().id())
                .collect(Collectors.joining(", "));
    }
}
