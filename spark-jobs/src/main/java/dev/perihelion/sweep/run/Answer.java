package dev.perihelion.sweep.run;

import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.store.TrialRow;
import java.util.Optional;
import java.util.function.Function;

/** Which configuration to use: what the last comparison says, or the fastest where there was none. */
public final class Answer {

    private Answer() {}

    /**
     * The answer.
     *
     * @param fastest of the search; empty where nothing was valid
     * @param trial finds a trial of the search by its id
     * @param confirmation the last comparison, if there was one
     * @param first trial 0, the default
     */
    public static Optional<TaskSummary.Best> of(
            Optional<TrialRow> fastest,
            Function<String, Optional<TrialRow>> trial,
            Optional<TrialRow> first,
            Optional<Confirmation> confirmation) {
        if (fastest.isEmpty()) {
            return Optional.empty();
        }
        TrialRow best = fastest.get();
        if (confirmation.isEmpty()) {
            return Optional.of(of(best, best.result().latencyNanos().orElseThrow()));
        }
        Confirmation last = confirmation.get();
        return Optional.of(
                last.accepted()
                        ? of(trial.apply(last.bestTrial()).orElse(best), last.bestNanos())
                        : of(first.orElseThrow(), last.defaultNanos()));
    }

    private static TaskSummary.Best of(TrialRow row, double nanos) {
        return new TaskSummary.Best(row.id(), nanos, row.configuration());
    }
}
