package dev.perihelion.sweep.spec;

/** A mistake in a sweep specification; the message is for its author and names file and line. */
public final class SpecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SpecException(String message) {
        super(message);
    }
}
