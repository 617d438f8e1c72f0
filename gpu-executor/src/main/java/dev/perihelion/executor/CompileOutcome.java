package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;

/** How a compilation ended. */
public sealed interface CompileOutcome {

    /** It gave a binary. */
    record Compiled(Artefact artefact) implements CompileOutcome {}

    /**
     * It did not.
     *
     * @param outcome compile_error, compile_timeout, out_of_resources, worker_died or infrastructure
     * @param reason one line
     * @param compileMillis wall time spent
     */
    record Failed(Outcome outcome, String reason, double compileMillis) implements CompileOutcome {}
}
