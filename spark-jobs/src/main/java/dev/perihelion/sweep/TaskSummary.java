package dev.perihelion.sweep;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What came of a tuning task.
 *
 * @param id of the task
 * @param task what was asked, its target resolved
 * @param device the GPU's name; empty where none timed
 * @param measured whether latencies are measurements; else they are estimates
 * @param state {@code done}, {@code stopped} or {@code failed}
 * @param problem why it failed, a sentence; else empty
 * @param trials how many
 * @param outcomes how they ended
 * @param defaultNanos latency of the default configuration in the search; empty where it failed
 * @param best the answer: the fastest configuration, or the default where nothing is faster beyond noise; empty where nothing
 *     was valid
 * @param confirmation the last comparison of default and fastest; empty where nothing was timed
 * @param statistics how fast the search was
 * @param warmStart what it began with that near tasks had found
 */
public record TaskSummary(
        String id,
        TuningTask task,
        Optional<String> device,
        boolean measured,
        String state,
        String problem,
        long trials,
        Map<Outcome, Long> outcomes,
        OptionalDouble defaultNanos,
        Optional<Best> best,
        Optional<Confirmation> confirmation,
        SearchStatistics statistics,
        WarmStart warmStart) {

    /** Wall time of this run's search, without start and last comparison. */
    public double searchSeconds() {
        return statistics.searchSeconds();
    }

    /** The near task, as {@code SWEEP/TASK}, that had found the answer; empty where the answer is the search's own. */
    public Optional<String> answerFrom() {
        return best.flatMap(answer -> warmStart.from(answer.configuration()));
    }

    /** Trials of this run in a second of its search. */
    public double trialsPerSecond() {
        return statistics.trialsPerSecond();
    }

    /** How many times as fast the answer is as the default; empty where either is missing. */
    public OptionalDouble speedup() {
        return Speedup.of(confirmation, defaultNanos, best);
    }

    /**
     * The answer.
     *
     * @param trial its id
     * @param latencyNanos in the search, or in the confirmation where there was one
     * @param configuration to use
     */
    public record Best(String trial, double latencyNanos, Configuration configuration) {}
}
