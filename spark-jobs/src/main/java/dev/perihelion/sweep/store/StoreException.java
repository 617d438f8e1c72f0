package dev.perihelion.sweep.store;

import java.io.EOFException;
import java.io.IOException;

/** The store cannot be read or written, or does not hold what was asked for; the message is for the user. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether trying again may help: the store's folder, disk or network failed, not what is in a file. */
    public boolean mayPass() {
        return getCause() instanceof IOException && !(getCause() instanceof EOFException);
    }
}
