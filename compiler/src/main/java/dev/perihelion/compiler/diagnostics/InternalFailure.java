package dev.perihelion.compiler.diagnostics;

import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;

/** A defect of the compiler, met at a place in the user's file. The message names the place; the cause is kept. */
public final class InternalFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InternalFailure(SourceFile source, Span span, RuntimeException cause) {
        super(DiagnosticRenderer.render(Diagnostic.at(source, span, MessageKey.INTERNAL_FAILURE, cause)), cause);
    }
}
