package dev.perihelion.compiler.syntax;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.IntStream;
import org.antlr.v4.runtime.misc.Interval;

/**
 * A range of a source text as ANTLR reads it. ANTLR's own streams count code points; this one counts UTF-16 code units
 * from the start of the whole file, so that token offsets are span offsets, also inside f-strings.
 */
final class Utf16Stream implements CharStream {

    private final SourceFile source;
    private final String text;
    private final int end;
    private int next;

    Utf16Stream(SourceFile source, Span range) {
        this.source = source;
        this.text = source.text();
        this.next = range.start();
        this.end = range.end();
    }

    String text() {
        return text;
    }

    int end() {
        return end;
    }

    @Override
    public void consume() {
        if (next >= end) {
            throw new IllegalStateException("The source text has been read to its end.");
        }
        next++;
    }

    @Override
    public int LA(int i) {
        int at = i > 0 ? next + i - 1 : next + i;
        return i == 0 || at < 0 || at >= end ? IntStream.EOF : text.charAt(at);
    }

    @Override
    public int mark() {
        return -1;
    }

    @Override
    public void release(int marker) {}

    @Override
    public int index() {
        return next;
    }

    @Override
    public void seek(int index) {
        next = index;
    }

    @Override
    public int size() {
        return end;
    }

    @Override
    public String getText(Interval interval) {
        return interval.a >= end ? "" : text.substring(interval.a, Math.min(interval.b + 1, end));
    }

    @Override
    public String getSourceName() {
        return source.name();
    }
}
