package dev.perihelion.compiler.syntax;

/**
 * Finds where string literals and the replacement fields of f-strings end (language reference 2.4.1 and 2.4.3). As in
 * Python 3.12 a field may contain any string, also one with the quotes of the f-string around it.
 */
final class StringScanner {

    /** What a scan answers when the text ends first. */
    static final int UNCLOSED = -1;

    private final String text;
    private final int limit;

    /**
     * A scanner.
     *
     * @param limit reads no further than this offset
     */
    StringScanner(String text, int limit) {
        this.text = text;
        this.limit = limit;
    }

    /**
     * A replacement field's pieces, as offsets.
     *
     * @param expressionEnd behind the expression, before {@code =}, {@code !r} or {@code :}
     * @param selfDocumenting whether {@code =} follows the expression
     * @param literalEnd behind the text that a self-documenting field prints
     * @param conversion with its {@code !}, or empty
     * @param specStart the format specification, or {@code end - 1} where there is none
     * @param end behind the closing brace
     */
    record Field(
            int expressionStart,
            int expressionEnd,
            boolean selfDocumenting,
            int literalEnd,
            String conversion,
            int specStart,
            int end) {}

    /**
     * The end of a string literal.
     *
     * @param quote the offset of the first quote
     * @param prefix what stands before it
     * @return the offset behind the closing quotes, or {@link #UNCLOSED}
     */
    int end(int quote, String prefix) {
        boolean raw = prefix.indexOf('r') >= 0 || prefix.indexOf('R') >= 0;
        boolean formatted = prefix.indexOf('f') >= 0 || prefix.indexOf('F') >= 0;
        String closing = quotes(quote);
        int at = quote + closing.length();
        while (at < limit) {
            char c = text.charAt(at);
            if (c == '\\') {
                at = afterEscape(at, raw, formatted);
            } else if (isLineBreak(c) && closing.length() == 1) {
                return UNCLOSED;
            } else if (text.startsWith(closing, at)) {
                return at + closing.length() <= limit ? at + closing.length() : UNCLOSED;
            } else if (formatted && c == '{') {
                at = afterBrace(at);
                if (at == UNCLOSED) {
                    return UNCLOSED;
                }
            } else {
                at++;
            }
        }
        return UNCLOSED;
    }

    /** The opening quotes at an offset: one or three. */
    String quotes(int quote) {
        String one = text.substring(quote, quote + 1);
        return text.startsWith(one.repeat(3), quote) && quote + 3 <= limit ? one.repeat(3) : one;
    }

    /** The offset behind the escape that starts with a backslash. */
    int afterEscape(int backslash, boolean raw, boolean formatted) {
        if (formatted && (at(backslash + 1) == '{' || at(backslash + 1) == '}')) {
            return backslash + 1;
        }
        if (formatted && !raw && at(backslash + 1) == 'N' && at(backslash + 2) == '{') {
            int close = text.indexOf('}', backslash);
            return close < 0 ? limit : close + 1;
        }
        return at(backslash + 1) == '\r' && at(backslash + 2) == '\n' ? backslash + 3 : backslash + 2;
    }

    private int afterBrace(int brace) {
        if (at(brace + 1) == '{') {
            return brace + 2;
        }
        Field field = field(brace);
        return field == null ? UNCLOSED : field.end();
    }

    /** The field that starts with the brace at an offset; null where it does not end. */
    Field field(int brace) {
        int start = brace + 1;
        int expressionEnd = expressionEnd(start);
        if (expressionEnd == UNCLOSED) {
            return null;
        }
        int at = expressionEnd;
        boolean selfDocumenting = at(at) == '=';
        if (selfDocumenting) {
            at++;
            while (Character.isWhitespace(at(at))) {
                at++;
            }
        }
        int literalEnd = at;
        int conversionStart = at;
        if (at(at) == '!') {
            at++;
            while (Character.isLetter(at(at)) || at(at) == ' ') {
                at++;
            }
        }
        String conversion = text.substring(conversionStart, at);
        if (at(at) == '}') {
            return new Field(start, expressionEnd, selfDocumenting, literalEnd, conversion, at, at + 1);
        }
        if (at(at) != ':') {
            return null;
        }
        int specStart = at + 1;
        int close = specEnd(specStart);
        return close == UNCLOSED
                ? null
                : new Field(start, expressionEnd, selfDocumenting, literalEnd, conversion, specStart, close + 1);
    }

    private int specEnd(int from) {
        int at = from;
        while (at < limit && at(at) != '}') {
            if (at(at) == '{') {
                Field nested = field(at);
                if (nested == null) {
                    return UNCLOSED;
                }
                at = nested.end();
            } else {
                at++;
            }
        }
        return at < limit ? at : UNCLOSED;
    }

    private int expressionEnd(int from) {
        int depth = 0;
        int at = from;
        while (at < limit) {
            char c = text.charAt(at);
            switch (c) {
                case '\'', '"' -> {
                    at = end(at, prefixBefore(at, from));
                    if (at == UNCLOSED) {
                        return UNCLOSED;
                    }
                    continue;
                }
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> {
                    if (depth == 0) {
                        return c == '}' ? at : UNCLOSED;
                    }
                    depth--;
                }
                case '#' -> {
                    while (at < limit && !isLineBreak(text.charAt(at))) {
                        at++;
                    }
                    continue;
                }
                case '!', '=', '<', '>' -> {
                    if (at(at + 1) == '=') {
                        at += 2;
                        continue;
                    }
                    if (depth == 0 && (c == '!' || c == '=')) {
                        return at;
                    }
                }
                case ':' -> {
                    if (depth == 0) {
                        return at;
                    }
                }
                default -> {}
            }
            at++;
        }
        return UNCLOSED;
    }

    private String prefixBefore(int quote, int from) {
        int start = quote;
        while (start > from && Character.isUnicodeIdentifierPart(text.charAt(start - 1))) {
            start--;
        }
        return text.substring(start, quote);
    }

    private char at(int offset) {
        return offset < limit ? text.charAt(offset) : '\0';
    }

    private static boolean isLineBreak(char c) {
        return c == '\n' || c == '\r';
    }
}
