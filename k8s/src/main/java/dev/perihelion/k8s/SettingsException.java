package dev.perihelion.k8s;

/** The user's settings, names or files cannot become objects of a cluster. The message says which one and what to write. */
public final class SettingsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }
}
