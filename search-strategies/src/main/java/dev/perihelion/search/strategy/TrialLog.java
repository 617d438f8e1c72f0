package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Trials in the order of telling, so that what was known after any number of them can be looked at again. Adding costs
 * the same however many there are.
 */
final class TrialLog {

    private final List<Known> events = new ArrayList<>();
    private int firstLatencyAt;

    /** A configuration and how it ended. */
    record Known(Configuration configuration, TrialResult result) {

        OptionalDouble latencyNanos() {
            return result.latencyNanos();
        }
    }

    /** Adds a trial that is news and whose configuration is legal. */
    void add(Trial trial) {
        events.add(new Known(trial.configuration(), trial.result()));
        OptionalDouble latency = trial.result().latencyNanos();
        if (latency.isPresent() && firstLatencyAt == 0) {
            firstLatencyAt = events.size();
        }
    }

    int size() {
        return events.size();
    }

    /** Whether one of the first so many trials has a latency. */
    boolean hasLatencyWithin(int count) {
        return firstLatencyAt > 0 && firstLatencyAt <= count;
    }

    /** What the first so many trials said, the latest of each configuration. Our own machinery's failures say nothing. */
    List<Known> first(int count) {
        Map<Configuration, Known> latest = new LinkedHashMap<>();
        for (Known known : events.subList(0, count)) {
            latest.put(known.configuration(), known);
        }
        return latest.values().stream()
                .filter(known -> known.result().outcome() != Outcome.INFRASTRUCTURE)
                .toList();
    }
}
