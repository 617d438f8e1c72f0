package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;

/** What asking an input function of the user's file for its arguments gave. */
public sealed interface InputsOutcome {

    /**
     * The arguments.
     *
     * @param argumentsJson in the form of {@link CompileJob#argumentsJson()}
     */
    record Described(String argumentsJson) implements InputsOutcome {}

    /**
     * None.
     *
     * @param outcome worker_died or infrastructure
     * @param reason one line
     */
    record Failed(Outcome outcome, String reason) implements InputsOutcome {}
}
