package dev.perihelion.sweep.store;

/** The store cannot be read or written, or does not hold what was asked for; the message is for the user. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
