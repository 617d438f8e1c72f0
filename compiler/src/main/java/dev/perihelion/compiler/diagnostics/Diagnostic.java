package dev.perihelion.compiler.diagnostics;

import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;

/**
 * One mistake of the user, at a place.
 *
 * @param key the key in the message catalogue
 * @param arguments fill the message's and the advice's placeholders {0}, {1} ...
 * @param source the file
 * @param span what the caret points at
 */
public record Diagnostic(MessageKey key, List<String> arguments, SourceFile source, Span span) {

    public Diagnostic {
        arguments = List.copyOf(arguments);
    }

    /** A diagnostic; arguments are turned to text with {@link String#valueOf}. */
    public static Diagnostic at(SourceFile source, Span span, MessageKey key, Object... arguments) {
        return new Diagnostic(
                key, java.util.Arrays.stream(arguments).map(String::valueOf).toList(), source, span);
    }

    /** What is wrong: one sentence. */
    public String message() {
        return Messages.message(key, arguments);
    }

    /** What to do about it. */
    public String advice() {
        return Messages.advice(key, arguments);
    }
}
