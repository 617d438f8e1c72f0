package dev.perihelion.search.trial;

import java.util.Arrays;
import java.util.Locale;

/** How a trial ended. Failures are data for the search, so each has a name of its own. */
public enum Outcome {
    /** Ran on a device, gave right results, was timed. */
    MEASURED,
    /** Compiled for a target that is not here; its latency is an estimate, never a measurement. */
    ESTIMATED,
    /** Ran, but its results differ from the reference by more than the tolerance. */
    WRONG_RESULT,
    /** The compiler refused the module. */
    COMPILE_ERROR,
    /** The compiler did not end within its time limit. */
    COMPILE_TIMEOUT,
    /** Needs more shared memory, registers or threads than the target has. */
    OUT_OF_RESOURCES,
    /** Compiled, but the device refused to start it or it faulted while running. */
    LAUNCH_ERROR,
    /** Ran longer than its time limit. */
    RUN_TIMEOUT,
    /** The worker process died while it held this trial. */
    WORKER_DIED,
    /** Our machinery failed, not the configuration; the trial is retried. */
    INFRASTRUCTURE,
    /** Generates the same program as an earlier trial, whose result it shares. */
    DUPLICATE;

    /** Whether a trial with this outcome carries a latency. */
    public boolean hasLatency() {
        return this == MEASURED || this == ESTIMATED;
    }

    /** The name used in stores, JSON and tables: lower case with underscores. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The outcome with this {@link #id()}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Outcome fromId(String id) {
        return Arrays.stream(values())
                .filter(outcome -> outcome.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown outcome `" + id + "`."));
    }
}
