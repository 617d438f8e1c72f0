package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import java.math.BigInteger;
import java.util.Locale;

/** The values of number and string literals (language reference 2.4). */
final class Literals {

    private Literals() {}

    /** {@link Long}, {@link BigInteger}, {@link Double} or, for an imaginary number, {@link Expr.Special#OPAQUE}. */
    static Object number(String literal) {
        String text = literal.replace("_", "").toLowerCase(Locale.ROOT);
        if (text.startsWith("0x")) {
            return integer(text.substring(2), 16);
        }
        if (text.startsWith("0o")) {
            return integer(text.substring(2), 8);
        }
        if (text.startsWith("0b")) {
            return integer(text.substring(2), 2);
        }
        if (text.endsWith("j")) {
            return Expr.Special.OPAQUE;
        }
        if (text.indexOf('.') >= 0 || text.indexOf('e') >= 0) {
            return Double.valueOf(text);
        }
        return integer(text, 10);
    }

    private static Object integer(String digits, int radix) {
        BigInteger value = new BigInteger(digits, radix);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** The characters between two offsets, with escapes resolved and line breaks made {@code \n}. */
    static String text(SyntaxErrors errors, int start, int end, boolean raw) {
        String source = errors.source().text();
        StringBuilder out = new StringBuilder(end - start);
        int at = start;
        while (at < end) {
            char c = source.charAt(at);
            if (c == '\r') {
                out.append('\n');
                at += at + 1 < end && source.charAt(at + 1) == '\n' ? 2 : 1;
            } else if (c == '\\' && !raw && at + 1 < end) {
                at = escape(errors, at, end, out);
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }

    private static int escape(SyntaxErrors errors, int at, int end, StringBuilder out) {
        String source = errors.source().text();
        char c = source.charAt(at + 1);
        int simple = "\\'\"abfnrtv".indexOf(c);
        if (simple >= 0) {
            out.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
            return at + 2;
        }
        return switch (c) {
            case '\n' -> at + 2;
            case '\r' -> at + 2 < end && source.charAt(at + 2) == '\n' ? at + 3 : at + 2;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(source, at, end, out);
            case 'x' -> hexadecimal(errors, at, end, 2, out);
            case 'u' -> hexadecimal(errors, at, end, 4, out);
            case 'U' -> hexadecimal(errors, at, end, 8, out);
            case 'N' -> named(errors, at, end, out);
            default -> {
                // Python keeps the backslash of an escape that it does not know.
                out.append('\\').append(c);
                yield at + 2;
            }
        };
    }

    private static int octal(String source, int at, int end, StringBuilder out) {
        int value = 0;
        int next = at + 1;
        while (next < end && next < at + 4 && Character.digit(source.charAt(next), 8) >= 0) {
            value = value * 8 + Character.digit(source.charAt(next++), 8);
        }
        out.appendCodePoint(value);
        return next;
    }

    private static int hexadecimal(SyntaxErrors errors, int at, int end, int digits, StringBuilder out) {
        int stop = Math.min(end, at + 2 + digits);
        String hex = errors.source().text().substring(at + 2, stop);
        boolean valid = hex.length() == digits && hex.chars().allMatch(c -> Character.digit(c, 16) >= 0);
        long value = valid ? Long.parseLong(hex, 16) : -1;
        if (value < 0 || value > Character.MAX_CODE_POINT) {
            refuse(errors, at, stop);
        } else {
            out.appendCodePoint((int) value);
        }
        return stop;
    }

    private static int named(SyntaxErrors errors, int at, int end, StringBuilder out) {
        String source = errors.source().text();
        int close = source.indexOf('}', at);
        if (at + 2 >= end || source.charAt(at + 2) != '{' || close < 0 || close >= end) {
            refuse(errors, at, at + 2);
            return at + 2;
        }
        out.appendCodePoint(codePoint(source.substring(at + 3, close)));
        return close + 1;
    }

    /** Java and Python spell some names differently; a character of unknown name becomes U+FFFD and is no mistake. */
    private static int codePoint(String name) {
        try {
            return Character.codePointOf(name.replace("IDEOGRAPH-", "IDEOGRAPHS "));
        } catch (IllegalArgumentException unknown) {
            return 0xFFFD;
        }
    }

    private static void refuse(SyntaxErrors errors, int start, int end) {
        Span span = new Span(start, end);
        errors.add(span, MessageKey.SYNTAX_ESCAPE, errors.source().text(span));
    }
}
