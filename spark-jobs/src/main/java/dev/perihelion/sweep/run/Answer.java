package dev.perihelion.sweep.run;

import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.store.TrialRow;
import java.util.Optional;

/** Which configuration to use: the fastest, unless the last comparison says that the default is as fast. */
public final class Answer {

    private Answer() {}

    /**
     * The answer.
     *
     * @param fastest of the search; empty where nothing was valid
     * @param first trial 0, the default
     * @param confirmation the last comparison, if there was one
     */
    public static Optional<TaskSummary.Best> of(
            Optional<TrialRow> fastest, Optional<TrialRow> first, Optional<Confirmation> confirmation) {
        if (fastest.isEmpty()) {
            return Optional.empty();
        }
        TrialRow best = fastest.get();
        if (confirmation.isEmpty()) {
            return Optional.of(of(best, best.result().latencyNanos().orElseThrow()));
        }
        return Optional.of(
                confirmation.get().accepted()
                        ? of(best, confirmation.get().bestNanos())
                        : of(first.orElseThrow(), confirmation.get().defaultNanos()));
    }

    private static TaskSummary.Best of(TrialRow row, double nanos) {
        return new TaskSummary.Best(row.id(), nanos, row.configuration());
    }
}
