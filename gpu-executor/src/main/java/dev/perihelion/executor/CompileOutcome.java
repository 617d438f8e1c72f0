package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;

/** How a compilation ended. */
public sealed interface CompileOutcome {

    /**
     * It gave a binary.
     *
     * @param hostRanOn which tensors the host function had: {@code meta}, {@code cpu} where it needs values, {@code cuda}
     */
    record Compiled(Artefact artefact, String hostRanOn) implements CompileOutcome {}

    /**
     * It did not.
     *
     * @param outcome compile_error, compile_timeout, out_of_resources, worker_died or infrastructure
     * @param reason one line
     * @param compileMillis wall time spent
     */
    record Failed(Outcome outcome, String reason, double compileMillis) implements CompileOutcome {}
}
