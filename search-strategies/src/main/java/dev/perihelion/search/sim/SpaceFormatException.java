package dev.perihelion.search.sim;

/** A file that is not a recorded space in a format that we read. The message names the file and says what is wrong. */
public final class SpaceFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SpaceFormatException(String message) {
        super(message);
    }

    public SpaceFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
