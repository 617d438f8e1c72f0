package dev.perihelion.cli;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.store.TrialRow;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;

/** One example for each way in which a task's trials failed. */
final class FailureReasons {

    private static final int LONGEST = 160;

    private FailureReasons() {}

    static void print(PrintWriter out, TaskResult task) {
        Map<Outcome, TrialRow> examples = new EnumMap<>(Outcome.class);
        for (TrialRow trial : task.trials()) {
            Outcome outcome = trial.result().outcome();
            if (!outcome.hasLatency() && outcome != Outcome.DUPLICATE) {
                examples.putIfAbsent(outcome, trial);
            }
        }
        examples.forEach((outcome, trial) -> {
            String reason = trial.result().reason();
            String shown = reason.length() > LONGEST ? reason.substring(0, LONGEST) + "..." : reason;
            out.println("    " + outcome.id() + ", for example trial "
                    + trial.trial().number() + ": " + shown);
        });
    }
}
