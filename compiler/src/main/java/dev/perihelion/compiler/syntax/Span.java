package dev.perihelion.compiler.syntax;

/**
 * A range of a source text.
 *
 * @param start the first character, counted from 0 in UTF-16 code units
 * @param end the character behind the last
 */
public record Span(int start, int end) {

    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("Not a span: " + start + ".." + end + ".");
        }
    }

    /** The smallest span that holds both. */
    public Span to(Span other) {
        return new Span(Math.min(start, other.start), Math.max(end, other.end));
    }
}
