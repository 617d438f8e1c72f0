package dev.perihelion.compiler.lower;

/** Collects indented Python lines. */
final class CodeWriter {

    private final StringBuilder text = new StringBuilder();
    private int depth;

    void line(String line) {
        if (!line.isEmpty()) {
            text.append("    ".repeat(depth)).append(line);
        }
        text.append('\n');
    }

    void indent() {
        depth++;
    }

    void dedent() {
        depth--;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
