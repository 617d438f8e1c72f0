package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.Diagnostic;
import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers the mistakes of one file. */
final class SyntaxErrors {

    /** More than this at once helps nobody: later ones often follow from the first. */
    private static final int REPORTED = 5;

    private final SourceFile source;
    private final List<Diagnostic> found = new ArrayList<>();
    private final List<Span> damaged = new ArrayList<>();

    SyntaxErrors(SourceFile source) {
        this.source = source;
    }

    SourceFile source() {
        return source;
    }

    /** Notes a mistake; the first at a place is kept. */
    void add(Span span, MessageKey key, Object... arguments) {
        boolean known = found.stream().anyMatch(d -> d.span().start() == span.start());
        if (!known) {
            found.add(Diagnostic.at(source, span, key, arguments));
        }
    }

    /** Takes over the mistakes of a part of the file. */
    void addAll(SyntaxErrors part) {
        found.addAll(part.found);
    }

    /** Marks text whose structure is lost, so that the parser's complaints about it are not passed on. */
    void damage(Span span) {
        damaged.add(span);
    }

    boolean isDamaged(int offset) {
        return damaged.stream().anyMatch(s -> s.start() <= offset && offset <= s.end());
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Throws the first mistakes in source order, if there are any. */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new CompileException(found.stream()
                    .sorted(Comparator.comparingInt(d -> d.span().start()))
                    .limit(REPORTED)
                    .toList());
        }
    }
}
