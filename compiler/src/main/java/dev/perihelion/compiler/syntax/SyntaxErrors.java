package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.Diagnostic;
import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

    /** Notes a mistake, unless it stands in text that is damaged anyway. */
    void add(Span span, MessageKey key, Object... arguments) {
        if (damaged.stream().noneMatch(s -> s.start() <= span.start() && span.start() <= s.end())) {
            found.add(Diagnostic.at(source, span, key, arguments));
        }
    }

    /** Takes over the mistakes of a part of the file. */
    void addAll(SyntaxErrors part) {
        found.addAll(part.found);
    }

    /** Marks text whose structure is lost, so that later complaints about it are not passed on. */
    void damage(Span span) {
        damaged.add(span);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Throws the first mistakes in source order, one a line, if there are any. */
    void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        Map<Integer, Diagnostic> firstOfLine = new TreeMap<>();
        found.stream()
                .sorted(Comparator.comparingInt(d -> d.span().start()))
                .forEach(d -> firstOfLine.putIfAbsent(
                        source.position(d.span().start()).line(), d));
        throw new CompileException(firstOfLine.values().stream().limit(REPORTED).toList());
    }
}
