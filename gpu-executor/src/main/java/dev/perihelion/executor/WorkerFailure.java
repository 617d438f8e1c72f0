package dev.perihelion.executor;

import java.util.concurrent.TimeUnit;

/** Why a worker gave no answer; the process behind it is gone. */
final class WorkerFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** What happened. */
    enum Kind {
        /** The process could not be started, or does not speak this protocol. */
        CANNOT_START,
        /** The process was killed before it could work; another one may do better. */
        NOT_STARTED,
        /** No answer within the limit for getting ready. */
        PREPARE_TIMEOUT,
        /** No answer within the limit for the work itself. */
        TIMEOUT,
        /** The process ended. */
        DIED,
        /** Something else than a frame came, or nothing where an answer was due. */
        PROTOCOL
    }

    private final Kind kind;

    WorkerFailure(Kind kind, String reason) {
        super(reason);
        this.kind = kind;
    }

    static WorkerFailure timeout(Kind kind, long limitNanos) {
        return new WorkerFailure(
                kind,
                "Took longer than "
                        + Text.seconds(limitNanos / (double) TimeUnit.SECONDS.toNanos(1))
                        + "; the worker was stopped.");
    }

    Kind kind() {
        return kind;
    }

    String reason() {
        return getMessage();
    }
}
