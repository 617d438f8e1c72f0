package dev.perihelion.compiler.lower;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Gives out Python names that are not taken, close to what they were asked for. */
final class Names {

    private static final Set<String> RESERVED = Set.of(
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "try",
            "while",
            "with",
            "yield",
            "None",
            "True",
            "False",
            "tl",
            "triton",
            "torch",
            "range",
            "float",
            "int",
            "min",
            "max",
            "print",
            "pid",
            "abs",
            "sum");

    private final Set<String> taken = new HashSet<>(RESERVED);
    private final Map<String, Integer> counts = new HashMap<>();

    /** A new name. */
    String fresh(String hint) {
        String base = hint.replaceAll("[^A-Za-z0-9_]", "_");
        if (base.isEmpty() || Character.isDigit(base.charAt(0)) || base.startsWith("_") || base.startsWith("pid")) {
            base = "v" + base;
        }
        String name = base;
        while (!taken.add(name)) {
            name = base + "_" + counts.merge(base, 1, Integer::sum);
        }
        return name;
    }
}
