package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.type.DType;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Symbols in VALUE texts, as {@code T}, {@code M} and {@code N} in {@code T[M,N]:strides(1,M)}. */
final class Symbols {

    /** A quoted string, a function or dotted name, or a bare word (group 1). */
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:\\\\.|[^\"])*\"|'(?:\\\\.|[^'])*'|@\\w+|\\w+\\.\\w+|([A-Za-z_]\\w*)|\\d\\w*");

    private static final Set<String> RESERVED = Set.of(
            "strides", "normal", "uniform", "randint", "zeros", "ones", "arange", "true", "false", "none", "True",
            "False", "None", "inf", "nan", "torch");

    private Symbols() {}

    static boolean isReserved(String word) {
        return RESERVED.contains(word) || DType.named(word).isPresent();
    }

    /** The text with every symbol replaced by its value. */
    static String substitute(String text, Map<String, String> values) {
        Matcher matcher = TOKEN.matcher(text);
        StringBuilder result = new StringBuilder();
        while (matcher.find()) {
            String word = matcher.group(1);
            String value = word == null ? null : values.get(word);
            matcher.appendReplacement(result, Matcher.quoteReplacement(value == null ? matcher.group() : value));
        }
        return matcher.appendTail(result).toString();
    }

    /** The bare words of a text that are neither dtypes, fills nor values. */
    static Set<String> in(String text) {
        Set<String> words = new TreeSet<>();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1) != null && !isReserved(matcher.group(1))) {
                words.add(matcher.group(1));
            }
        }
        return words;
    }
}
