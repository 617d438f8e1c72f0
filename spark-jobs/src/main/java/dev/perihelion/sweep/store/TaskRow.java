package dev.perihelion.sweep.store;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.sweep.TuningTask;
import java.time.Instant;
import java.util.Optional;

/**
 * A tuning task and how far it came.
 *
 * @param task what was asked, its target resolved
 * @param argumentsJson the arguments as workers read them, defaults included
 * @param deviceJson the GPU that times; empty where none does
 * @param spaceJson the search space's description
 * @param defaultConfiguration where the search starts
 * @param batchSize most configurations asked for at a time
 * @param startedAt when it began
 * @param finishedAt when it ended, if it did
 * @param state {@code running}, {@code done}, {@code stopped} or {@code failed}
 * @param problem why it failed; else empty
 * @param confirmationJson the last comparison of default and best; empty where there was none
 * @param statisticsJson how fast the search was; empty until it ended
 * @param warmStartJson what it began with that near tasks had found; empty in stores of earlier versions
 */
public record TaskRow(
        TuningTask task,
        String argumentsJson,
        Optional<String> deviceJson,
        String spaceJson,
        Configuration defaultConfiguration,
        long batchSize,
        Instant startedAt,
        Optional<Instant> finishedAt,
        String state,
        String problem,
        Optional<String> confirmationJson,
        Optional<String> statisticsJson,
        Optional<String> warmStartJson) {

    /** The same task, ended. */
    public TaskRow finished(
            Instant at,
            String newState,
            String newProblem,
            Optional<String> confirmation,
            Optional<String> statistics) {
        return new TaskRow(
                task,
                argumentsJson,
                deviceJson,
                spaceJson,
                defaultConfiguration,
                batchSize,
                startedAt,
                Optional.of(at),
                newState,
                newProblem,
                confirmation,
                statistics,
                warmStartJson);
    }
}
