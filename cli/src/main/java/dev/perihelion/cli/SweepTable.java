package dev.perihelion.cli;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Speedup;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.store.TrialRow;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** A sweep's answers as a table: a row for each task, the geometric mean last, and below it what failed and why. */
final class SweepTable {

    private static final int LONGEST = 160;

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Double> measured = new ArrayList<>();
    private final List<Double> estimated = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<Outcome, Long> failures = new EnumMap<>(Outcome.class);
    private final Map<Outcome, TrialRow> examples = new EnumMap<>(Outcome.class);
    private final Set<String> places = new LinkedHashSet<>();
    private boolean anyValid;

    /** Takes a task's row; its trials are not kept. */
    void add(TaskResult task) {
        rows.add(row(task));
        task.speedup().ifPresent((task.measured() ? measured : estimated)::add);
        anyValid |= task.best().isPresent();
        places.add(task.device()
                .map(device -> "Measured on " + device + ".")
                .orElse("ESTIMATES for " + task.row().task().target() + ", not measurements."));
        if (!task.row().problem().isEmpty()) {
            problems.add(
                    task.id() + " " + task.row().state() + ": " + task.row().problem());
        } else if (task.best().isEmpty()) {
            problems.add(task.id() + ": no configuration gave a valid result");
        }
        task.trials().stream().filter(SweepTable::failed).forEach(trial -> {
            failures.merge(trial.result().outcome(), 1L, Long::sum);
            examples.putIfAbsent(trial.result().outcome(), trial);
        });
    }

    /** Whether a task has a valid configuration. */
    boolean anyValid() {
        return anyValid;
    }

    void print(PrintWriter out) {
        places.forEach(out::println);
        List<List<String>> all = new ArrayList<>(rows);
        mean(measured, "").ifPresent(all::add);
        mean(estimated, "~").ifPresent(all::add);
        TextTable.print(out, List.of("task", "trials", "failed", "default", "answer", "speed-up"), all);
        problems.forEach(problem -> out.println("  " + problem));
        examples.forEach(
                (outcome, trial) -> out.println("  " + failures.get(outcome) + " " + outcome.id() + ", for example "
                        + trial.id() + ": " + shortened(trial.result().reason())));
    }

    private static List<String> row(TaskResult task) {
        OptionalDouble standard = task.confirmation().isPresent()
                ? OptionalDouble.of(task.confirmation().get().defaultNanos())
                : task.defaultNanos();
        return List.of(
                task.id(),
                Integer.toString(task.trials().size()),
                Long.toString(failures(task)),
                standard.isPresent() ? ResultTable.latency(standard.getAsDouble(), task.measured()) : "-",
                task.best()
                        .map(best -> ResultTable.latency(best.latencyNanos(), task.measured()))
                        .orElse("-"),
                speedup(task));
    }

    private static String speedup(TaskResult task) {
        String state = task.row().state();
        String note = state.equals("done") ? "" : " (" + state + ")";
        OptionalDouble speedup = task.speedup();
        return (speedup.isPresent() ? times(speedup.getAsDouble(), task.measured() ? "" : "~") : "-") + note;
    }

    private static String times(double speedup, String mark) {
        return String.format(Locale.ROOT, "%s%.2fx", mark, speedup);
    }

    private static Optional<List<String>> mean(List<Double> speedups, String mark) {
        OptionalDouble mean = Speedup.mean(speedups);
        if (mean.isEmpty()) {
            return Optional.empty();
        }
        String count = speedups.size() + (speedups.size() == 1 ? " task" : " tasks");
        String what = mark.isEmpty() ? "" : ", estimates";
        return Optional.of(
                List.of("geometric mean of " + count + what, "", "", "", "", times(mean.getAsDouble(), mark)));
    }

    private static long failures(TaskResult task) {
        return task.trials().stream().filter(SweepTable::failed).count();
    }

    private static boolean failed(TrialRow trial) {
        Outcome outcome = trial.result().outcome();
        return !outcome.hasLatency() && outcome != Outcome.DUPLICATE;
    }

    private static String shortened(String reason) {
        return reason.length() > LONGEST ? reason.substring(0, LONGEST) + "..." : reason;
    }
}
