package dev.perihelion.compiler.lower;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The identifiers of a Python text; comments and plain strings do not count, the fields of f-strings do. */
final class UsedNames {

    private static final Pattern TOKEN = Pattern.compile("(?<comment>#[^\\n]*)"
            + "|(?<![\\w.])(?<prefix>[A-Za-z]{0,2})"
            + "(?<text>\"{3}(?s:\\\\.|.)*?\"{3}|'{3}(?s:\\\\.|.)*?'{3}"
            + "|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*')"
            + "|(?<![.\\w])(?<name>[A-Za-z_]\\w*)");

    private UsedNames() {}

    static Set<String> in(String text) {
        Set<String> names = new LinkedHashSet<>();
        collect(text, names);
        return names;
    }

    private static void collect(String text, Set<String> names) {
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            if (matcher.group("name") != null) {
                names.add(matcher.group("name"));
            } else if (matcher.group("text") != null
                    && matcher.group("prefix")
                            .toLowerCase(java.util.Locale.ROOT)
                            .contains("f")) {
                String inside = matcher.group("text");
                collect(inside.substring(1, inside.length() - 1).replace("\"\"", ""), names);
            }
        }
    }
}
