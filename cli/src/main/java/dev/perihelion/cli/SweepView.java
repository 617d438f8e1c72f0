package dev.perihelion.cli;

import dev.perihelion.cli.SweepState.Phase;
import dev.perihelion.cli.SweepState.Task;
import dev.perihelion.sweep.ProgressListener.Batch;
import dev.perihelion.sweep.TaskSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/** The words for a sweep's progress. */
final class SweepView {

    /** Running tasks that get a line of their own. */
    private static final int MOST_TASKS = 8;

    private SweepView() {}

    /** The view that is redrawn in place. */
    static List<String> lines(SweepState state, long nowNanos, int columns) {
        List<String> lines = new ArrayList<>();
        lines.add("Sweep " + state.sweep().id() + ": " + duration(state.elapsedSeconds(nowNanos))
                + left(state, nowNanos));
        lines.add("  tasks   " + counts(state));
        lines.add("  speed   " + speed(state, nowNanos));
        gain(state).ifPresent(gain -> lines.add("  so far  " + gain));
        List<Task> running = state.tasks(Phase.RUNNING).stream()
                .sorted(Comparator.comparing(
                        (Task task) -> -task.batch().map(Batch::trials).orElse(0L)))
                .toList();
        int names = running.stream()
                .limit(MOST_TASKS)
                .mapToInt(task -> task.id().length())
                .max()
                .orElse(0);
        running.stream().limit(MOST_TASKS).forEach(task -> lines.add("  " + running(task, names)));
        if (running.size() > MOST_TASKS) {
            lines.add("  and " + (running.size() - MOST_TASKS) + " more");
        }
        return lines.stream()
                .map(line -> line.length() < columns ? line : line.substring(0, Math.max(1, columns - 1)))
                .toList();
    }

    /** The line that tells the same where nothing can be redrawn. */
    static String line(SweepState state, long nowNanos) {
        StringJoiner parts = new StringJoiner("; ");
        parts.add("  " + duration(state.elapsedSeconds(nowNanos)) + left(state, nowNanos));
        if (state.count() > 1) {
            parts.add(counts(state));
        } else {
            state.tasks(Phase.RUNNING).stream()
                    .findFirst()
                    .flatMap(Task::batch)
                    .ifPresent(batch -> parts.add(trials(batch) + " configurations"));
        }
        parts.add(speed(state, nowNanos));
        gain(state).ifPresent(parts::add);
        return parts.toString();
    }

    /** The line of a task that ended. */
    static String ended(TaskSummary summary) {
        String what = summary.id() + " " + summary.state() + ": ";
        if (!summary.problem().isEmpty()) {
            return what + summary.problem();
        }
        String trials = summary.trials() + " configurations, ";
        if (summary.best().isEmpty()) {
            String failures = ConsoleProgress.failures(summary.outcomes());
            return what + trials + "none valid" + (failures.isEmpty() ? "" : " (" + failures + ")");
        }
        String latency = ResultTable.latency(summary.best().get().latencyNanos(), summary.measured());
        return what
                + trials
                + latency
                + speedup(summary.speedup())
                        .map(text -> (summary.measured() ? ", " : ", ~") + text)
                        .orElse("");
    }

    private static String running(Task task, int names) {
        String name = task.id() + " ".repeat(Math.max(0, names - task.id().length()));
        if (task.batch().isEmpty()) {
            return name + "  starting";
        }
        Batch batch = task.batch().get();
        String best = batch.bestNanos().isPresent()
                ? ResultTable.latency(batch.bestNanos().getAsDouble(), batch.measured())
                : "none yet";
        return String.format(
                        Locale.ROOT,
                        "%s  %9s  %-11s  %s",
                        name,
                        trials(batch),
                        best,
                        speedup(SweepState.speedup(batch))
                                .map(text -> (batch.measured() ? "" : "~") + text)
                                .orElse(""))
                .stripTrailing();
    }

    private static String trials(Batch batch) {
        return batch.budget() == Integer.MAX_VALUE
                ? Long.toString(batch.trials())
                : batch.trials() + "/" + batch.budget();
    }

    private static Optional<String> speedup(OptionalDouble speedup) {
        return speedup.isPresent()
                ? Optional.of(String.format(Locale.ROOT, "%.2fx the default", speedup.getAsDouble()))
                : Optional.empty();
    }

    private static String counts(SweepState state) {
        StringJoiner parts = new StringJoiner(", ");
        parts.add(state.count(Phase.ENDED) + state.count(Phase.SKIPPED) + " of " + state.count() + " done");
        if (state.count(Phase.FAILED) > 0) {
            parts.add(state.count(Phase.FAILED) + " failed");
        }
        parts.add(state.count(Phase.RUNNING) + " running");
        parts.add(state.count(Phase.WAITING) + " waiting");
        return parts.toString();
    }

    private static String speed(SweepState state, long nowNanos) {
        double rate = state.trialsPerSecond(nowNanos);
        String text = String.format(Locale.ROOT, "%.1f configurations a second", rate);
        if (state.gpus() > 1) {
            text += String.format(Locale.ROOT, " (%.1f on each of %d GPUs)", rate / state.gpus(), state.gpus());
        }
        OptionalDouble busy = state.busyShare(nowNanos);
        return busy.isPresent()
                ? text
                        + String.format(
                                Locale.ROOT,
                                ", %s busy %.0f %%",
                                state.gpus() > 1 ? "GPUs" : "GPU",
                                100 * busy.getAsDouble())
                : text;
    }

    private static Optional<String> gain(SweepState state) {
        OptionalDouble mean = state.meanSpeedup();
        if (mean.isEmpty()) {
            return Optional.empty();
        }
        int tasks = state.speedups().size();
        String text =
                String.format(Locale.ROOT, "%s%.2fx the default", state.someEstimated() ? "~" : "", mean.getAsDouble());
        return Optional.of(tasks == 1 ? text : text + ", geometric mean of " + tasks + " tasks");
    }

    private static String left(SweepState state, long nowNanos) {
        OptionalDouble left = state.secondsLeft(nowNanos);
        return left.isPresent() ? ", about " + duration(left.getAsDouble()) + " left" : "";
    }

    /** As {@code 34 s}, {@code 12 min 34 s} or {@code 2 h 05 min}. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
}
