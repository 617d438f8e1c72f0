package dev.perihelion.compiler.diagnostics;

import java.util.List;
import java.util.stream.Collectors;

/** Turns diagnostics into the text that users read. */
public final class DiagnosticRenderer {

    private DiagnosticRenderer() {}

    /** All diagnostics, in order, with a blank line between. */
    public static String render(List<Diagnostic> diagnostics) {
        return diagnostics.stream().map(Diagnostic::toString).collect(Collectors.joining("\n\n"));
    }
}
