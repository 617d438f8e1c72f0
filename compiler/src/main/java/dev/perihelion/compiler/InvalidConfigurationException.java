package dev.perihelion.compiler;

/** A configuration that this kernel cannot have; the message is for the user. */
public final class InvalidConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidConfigurationException(String message) {
        super(message);
    }
}
