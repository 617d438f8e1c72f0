package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What a strategy was told, by configuration. Lookups only, so that no order can leak into proposals. */
final class History {

    private final Map<Configuration, TrialResult> results = new HashMap<>();

    /**
     * Takes one result in.
     *
     * @return whether it is news. The first result of a configuration counts, except that a failure of the machinery
     *     says nothing of the configuration and gives way to a later result
     */
    boolean learn(Trial trial) {
        TrialResult known = results.get(trial.configuration());
        if (known != null && (known.outcome() != Outcome.INFRASTRUCTURE || known.equals(trial.result()))) {
            return false;
        }
        results.put(trial.configuration(), trial.result());
        return true;
    }

    /** Whether a result of this configuration was told, a failure included. */
    boolean knows(Configuration configuration) {
        return results.containsKey(configuration);
    }

    /** The configuration's latency; empty if it failed or was never told. */
    OptionalDouble latencyNanos(Configuration configuration) {
        TrialResult result = results.get(configuration);
        return result == null ? OptionalDouble.empty() : result.latencyNanos();
    }
}
