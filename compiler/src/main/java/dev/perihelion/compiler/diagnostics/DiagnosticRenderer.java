package dev.perihelion.compiler.diagnostics;

import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import java.util.stream.Collectors;

/** Turns diagnostics into the text that users read. */
public final class DiagnosticRenderer {

    private DiagnosticRenderer() {}

    /** All diagnostics, in order, with a blank line between. */
    public static String render(List<Diagnostic> diagnostics) {
        return diagnostics.stream().map(DiagnosticRenderer::render).collect(Collectors.joining("\n\n"));
    }

    /**
     * What is wrong, the place, the source line with carets under the span, and what to do. Of a span over several lines
     * the first is shown.
     */
    public static String render(Diagnostic diagnostic) {
        SourceFile source = diagnostic.source();
        Span span = diagnostic.span();
        SourceFile.Position position = source.position(span.start());
        String line = source.line(position.line());
        String number = Integer.toString(position.line());
        String margin = " ".repeat(number.length());
        int from = Math.min(position.column() - 1, line.length());
        int to = Math.min(from + span.end() - span.start(), line.length());
        return String.join(
                "\n",
                "error: " + diagnostic.message(),
                margin + "--> " + source.name() + ":" + position.line() + ":" + position.column(),
                margin + " |",
                (number + " | " + line).stripTrailing(),
                margin + " | " + padding(line.substring(0, from)) + carets(line.substring(from, to)),
                margin + " = advice: " + diagnostic.advice());
    }

    /** As wide as the text in a terminal: tabs stay tabs, a surrogate pair is one character. */
    private static String padding(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.append(c == '\t' ? '\t' : ' '));
        return out.toString();
    }

    private static String carets(String marked) {
        int width =
                marked.stripTrailing().codePointCount(0, marked.stripTrailing().length());
        return "^".repeat(Math.max(1, width));
    }
}
