package dev.perihelion.sweep.run;

/** A tuning task cannot go on; the others can. The message is a sentence for the user. */
final class TaskFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TaskFailure(String message) {
        super(message);
    }
}
