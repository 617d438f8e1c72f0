package dev.perihelion.compiler.diagnostics;

/** Names every message of the catalogue {@code messages.properties}; each constant has KEY and KEY.advice there. */
public enum MessageKey {
    SYNTAX_ERROR,
    UNSUPPORTED_SYNTAX,
    KERNEL_NOT_FOUND
}
