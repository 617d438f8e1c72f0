package dev.perihelion.compiler.syntax;

import java.util.Arrays;

/** A source text with its name; turns offsets into lines and columns when a message needs them. */
public final class SourceFile {

    /** A place for people: line and column both count from 1, columns in UTF-16 code units. */
    public record Position(int line, int column) {}

    private final String name;
    private final String text;
    private final int[] lineStarts;

    /**
     * A source text.
     *
     * @param name the path as the user gave it, for messages
     * @param text the whole text
     */
    public SourceFile(String name, String text) {
        this.name = name;
        this.text = text;
        int[] starts = new int[1 + (int) text.chars().filter(c -> c == '\n').count()];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                starts[count++] = i + 1;
            }
        }
        this.lineStarts = starts;
    }

    public String name() {
        return name;
    }

    public String text() {
        return text;
    }

    /** The source text of a span, as the user wrote it. */
    public String text(Span span) {
        return text.substring(span.start(), span.end());
    }

    /** Line and column of an offset. */
    public Position position(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        int index = found >= 0 ? found : -found - 2;
        return new Position(index + 1, offset - lineStarts[index] + 1);
    }

    /** The text of a line, counted from 1, without its line break. */
    public String line(int line) {
        int start = lineStarts[line - 1];
        int end = line < lineStarts.length ? lineStarts[line] - 1 : text.length();
        if (end > start && text.charAt(end - 1) == '\r') {
            end--;
        }
        return text.substring(start, end);
    }
}
