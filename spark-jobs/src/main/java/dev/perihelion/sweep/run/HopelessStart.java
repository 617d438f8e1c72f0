package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.store.TrialRow;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;

/** Ends a search that cannot succeed: nearly all of the first trials failed, the default configuration among them. */
final class HopelessStart {

    private static final int FIRST = 30;
    private static final double FAILED_SHARE = 0.9;

    private final Map<Outcome, TrialRow> examples = new EnumMap<>(Outcome.class);
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    private boolean defaultFailed;
    private int told;
    private int failed;

    /**
     * Looks at a told trial.
     *
     * @throws TaskFailure with the most frequent reason, where the search is hopeless
     */
    void add(TrialRow row) {
        if (++told > FIRST) {
            return;
        }
        Outcome outcome = row.result().outcome();
        // What is too large for the target says nothing of the kernel.
        if (row.result().latencyNanos().isEmpty() && outcome != Outcome.OUT_OF_RESOURCES) {
            failed++;
            defaultFailed |= row.trial().number() == 0;
            if (outcome != Outcome.DUPLICATE) {
                examples.putIfAbsent(outcome, row);
                counts.merge(outcome, 1, Integer::sum);
            }
        }
        if (told == FIRST && defaultFailed && failed > FAILED_SHARE * FIRST) {
            Outcome most = counts.entrySet().stream()
                    .max(Comparator.comparingInt(Map.Entry::getValue))
                    .orElseThrow()
                    .getKey();
            throw new TaskFailure(failed + " of the first " + FIRST
                    + " configurations failed, the default one among them, most of them with " + most.id()
                    + ", as trial " + examples.get(most).trial().number() + ": "
                    + examples.get(most).result().reason() + ". Mend the kernel or its reference first.");
        }
    }
}
