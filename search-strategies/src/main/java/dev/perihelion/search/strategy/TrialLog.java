package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a model-based strategy was told, in order, so that what was known after any number of trials can be looked at
 * again. Telling costs the same however much was told before.
 */
final class TrialLog {

    private final SearchSpace space;
    private final History history = new History();
    private final List<Known> events = new ArrayList<>();
    private double bestNanos = Double.POSITIVE_INFINITY;
    private int bestAt;
    private int firstLatencyAt;

    /** A configuration of the space and how it ended. */
    record Known(Configuration configuration, TrialResult result) {

        OptionalDouble latencyNanos() {
            return result.latencyNanos();
        }

        /** Whether it says something of the configuration: our own machinery's failures do not. */
        boolean counts() {
            return result.outcome() != Outcome.INFRASTRUCTURE;
        }
    }

    TrialLog(SearchSpace space) {
        this.space = space;
    }

    /** Takes one trial in; gives whether it is news of a configuration of this space. */
    boolean learn(Trial trial) {
        if (!history.learn(trial) || !space.contains(trial.configuration())) {
            return false;
        }
        events.add(new Known(trial.configuration(), trial.result()));
        if (firstLatencyAt == 0 && trial.result().latencyNanos().isPresent()) {
            firstLatencyAt = events.size();
        }
        double nanos = trial.result().latencyNanos().orElse(Double.POSITIVE_INFINITY);
        if (nanos < bestNanos) {
            bestNanos = nanos;
            bestAt = events.size();
        }
        return true;
    }

    History history() {
        return history;
    }

    boolean knows(Configuration configuration) {
        return history.knows(configuration);
    }

    /** How much news there was. */
    int size() {
        return events.size();
    }

    /** The best latency; infinite if none was told. */
    double bestNanos() {
        return bestNanos;
    }

    /** The size at which the best latency came in. */
    int bestAt() {
        return bestAt;
    }

    /** The size at which the first latency came in; 0 if none was told. */
    int firstLatencyAt() {
        return firstLatencyAt;
    }

    /** What the first so many news said, the latest of each configuration, without our machinery's failures. */
    List<Known> first(int count) {
        Map<Configuration, Known> latest = new LinkedHashMap<>();
        for (Known known : events.subList(0, count)) {
            latest.put(known.configuration(), known);
        }
        return latest.values().stream().filter(Known::counts).toList();
    }
}
