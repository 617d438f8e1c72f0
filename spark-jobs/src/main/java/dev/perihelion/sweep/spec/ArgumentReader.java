package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.type.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Turns an entry's arguments and its combinations of shapes and dtypes into VALUE texts. */
final class ArgumentReader {

    private final Map<String, SpecNode> arguments;
    private final Mistakes mistakes;

    /** Arguments that have a mistake; each is told once, not for each combination. */
    private final Set<String> wrong = new TreeSet<>();

    /**
     * Compares arguments and symbols.
     *
     * @param entry the entry's mapping
     * @param symbols that it gives values to
     */
    ArgumentReader(
            Map<String, SpecNode> arguments, Map<String, SpecNode> entry, Set<String> symbols, Mistakes mistakes) {
        this.arguments = arguments;
        this.mistakes = mistakes;
        requireUsed(arguments, symbols, entry);
        arguments.forEach((name, node) -> {
            if (!mistakes.attempt(() -> isKnown(name, node, symbols)).orElse(false)) {
                wrong.add(name);
            }
        });
    }

    /** Whether every symbol of an argument has a value, and the rest can be read. */
    private static boolean isKnown(String name, SpecNode node, Set<String> symbols) {
        String template = node.valueText();
        Set<String> words = Symbols.in(template);
        boolean shaped = template.indexOf('[') >= 0 || template.indexOf('(') >= 0;
        List<String> missing = words.stream()
                .filter(word -> shaped && word.matches("[A-Z]\\w*") && !symbols.contains(word))
                .toList();
        for (String symbol : missing) {
            String advice = template.contains(symbol + "[")
                    ? "`dtypes`, as `dtypes: {" + symbol + ": [f16, bf16]}`."
                    : "`shapes`, as `shapes: {" + symbol + ": [1024, 4096]}`.";
            node.report("`" + symbol + "` in `" + name + ": " + template + "` has no value"
                    + SpecNode.suggestion(symbol, symbols) + " Add it under " + advice);
        }
        if (missing.isEmpty() && words.stream().noneMatch(symbols::contains)) {
            read(name, node, template);
        }
        return missing.isEmpty();
    }

    private static void requireUsed(Map<String, SpecNode> arguments, Set<String> symbols, Map<String, SpecNode> map) {
        Set<String> used = new TreeSet<>();
        arguments
                .values()
                .forEach(node ->
                        node.mistakes().attempt(node::valueText).ifPresent(text -> used.addAll(Symbols.in(text))));
        for (String symbol : symbols) {
            if (!used.contains(symbol)) {
                SpecNode node = List.of("shapes", "dtypes").stream()
                        .filter(map::containsKey)
                        .map(key -> map.get(key).keyAnywhere(symbol))
                        .flatMap(Optional::stream)
                        .findFirst()
                        .orElseThrow();
                node.report("no argument uses the symbol `" + symbol + "`. Write it into one, as `x: \"f32[" + symbol
                        + "]\"`, or take it out.");
            }
        }
    }

    /** The values for one combination; none where one of them cannot be read, which is told once for each argument. */
    Optional<Map<String, String>> values(ShapePoint point) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, SpecNode> entry : arguments.entrySet()) {
            String name = entry.getKey();
            if (wrong.contains(name)) {
                continue;
            }
            Optional<String> text = mistakes.attempt(() -> value(name, entry.getValue(), point));
            if (text.isEmpty()) {
                wrong.add(name);
            } else {
                values.put(name, text.get());
            }
        }
        return wrong.isEmpty() ? Optional.of(values) : Optional.empty();
    }

    private static String value(String name, SpecNode node, ShapePoint point) {
        String template = node.valueText();
        // A dtype alone is a value of its own.
        String dtype = point.dtypes().get(template);
        String text = dtype == null
                ? Symbols.substitute(template, point.texts())
                : "torch." + DType.named(dtype).orElseThrow().torchName();
        return read(name, node, text);
    }

    private static String read(String name, SpecNode node, String text) {
        try {
            Arguments.parse(Map.of(name, text));
            return text;
        } catch (IllegalArgumentException e) {
            throw node.error(e.getMessage());
        }
    }
}
