package dev.perihelion.cli;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.store.TrialRow;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A task's fastest configurations as a table. */
final class ResultTable {

    private ResultTable() {}

    static void print(PrintWriter out, TaskResult task, int top) {
        List<List<String>> rows = new ArrayList<>();
        Configuration standard = task.row().defaultConfiguration();
        int rank = 1;
        for (TrialRow trial : task.top(top)) {
            double nanos = trial.result().latencyNanos().orElseThrow();
            String speedup = task.defaultNanos().isPresent()
                    ? String.format(Locale.ROOT, "%.2fx", task.defaultNanos().getAsDouble() / nanos)
                    : "-";
            rows.add(List.of(
                    "  " + rank++,
                    latency(nanos, task.measured()),
                    speedup,
                    Long.toString(trial.trial().number()),
                    difference(trial.configuration(), standard)));
        }
        if (!rows.isEmpty()) {
            String latency = task.measured() ? "latency" : "estimate";
            TextTable.print(
                    out,
                    List.of("  #", latency, "vs default", "trial", "configuration (what differs from the default)"),
                    rows);
        }
    }

    /** A latency with its unit; estimates are marked. */
    static String latency(double nanos, boolean measured) {
        String text = nanos < 1e6
                ? String.format(Locale.ROOT, "%.2f us", nanos / 1e3)
                : String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
        return measured ? text : "~" + text;
    }

    /** The keys whose values differ from the default's. */
    static String difference(Configuration configuration, Configuration standard) {
        String text = configuration.values().entrySet().stream()
                .filter(entry -> !java.util.Objects.equals(
                        entry.getValue(), standard.values().get(entry.getKey())))
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
        return text.isEmpty() ? "the default" : text;
    }
}
