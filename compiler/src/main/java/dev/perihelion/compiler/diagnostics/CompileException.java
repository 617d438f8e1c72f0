package dev.perihelion.compiler.diagnostics;

import java.util.List;

/** The user's kernel has mistakes. The message is what the user reads: every diagnostic, rendered. */
public final class CompileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Diagnostic> diagnostics;

    public CompileException(List<Diagnostic> diagnostics) {
        super(DiagnosticRenderer.render(diagnostics));
        this.diagnostics = List.copyOf(diagnostics);
    }

    public CompileException(Diagnostic diagnostic) {
        this(List.of(diagnostic));
    }

    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }
}
