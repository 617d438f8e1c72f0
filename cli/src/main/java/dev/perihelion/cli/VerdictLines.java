package dev.perihelion.cli;

import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.truth.Verdict;
import java.io.PrintWriter;
import java.util.Locale;

/** What a task's last comparison with the default says, and so which configuration is the answer. */
final class VerdictLines {

    private VerdictLines() {}

    static void print(PrintWriter out, TaskResult task) {
        if (task.best().isEmpty()) {
            out.println("  No configuration gave a valid result.");
            return;
        }
        task.confirmation().ifPresent(confirmation -> out.println("  " + sentence(confirmation)));
        out.println("  Answer: "
                + ResultTable.difference(
                        task.best().get().configuration(), task.row().defaultConfiguration()));
    }

    /** One or two sentences. */
    static String sentence(Confirmation confirmation) {
        String verdict = confirmation.accepted() ? faster(confirmation) : notFaster(confirmation);
        return confirmation.details().map(details -> verdict + where(details)).orElse(verdict);
    }

    private static String faster(Confirmation confirmation) {
        String winner = ResultTable.latency(confirmation.bestNanos(), true);
        String standard = ResultTable.latency(confirmation.defaultNanos(), true);
        double speedup = confirmation.defaultNanos() / confirmation.bestNanos();
        return confirmation
                .details()
                .map(details -> String.format(
                        Locale.ROOT,
                        "Winner: %s (95 %% interval %s to %s), default %s: %.2fx as fast, %s less time (%s to %s); noise %s.",
                        winner,
                        ResultTable.latency(details.bestLowNanos(), true),
                        ResultTable.latency(details.bestHighNanos(), true),
                        standard,
                        speedup,
                        percent(details.gain()),
                        percent(details.gainLow()),
                        percent(details.gainHigh()),
                        percent(confirmation.noise())))
                .orElseGet(() -> String.format(
                        Locale.ROOT,
                        "Winner: %s, default %s: %.2fx as fast; noise %s.",
                        winner,
                        standard,
                        speedup,
                        percent(confirmation.noise())));
    }

    private static String notFaster(Confirmation confirmation) {
        String limit = confirmation.noise() >= Verdict.LEAST_GAIN
                ? "the noise (" + percent(confirmation.noise()) + ")"
                : percent(Verdict.LEAST_GAIN) + " (noise: " + percent(confirmation.noise()) + ")";
        return "The default is the answer: nothing beats it by more than " + limit + ". It takes "
                + ResultTable.latency(confirmation.defaultNanos(), true) + ".";
    }

    private static String where(Confirmation.Details details) {
        return String.format(Locale.ROOT, " Timed in turns, %d rounds, in a fresh process.", details.rounds());
    }

    static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }
}
