package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Reads {@code shapes} and {@code dtypes}: products, and lists of them. */
final class ShapeReader {

    /** The key of a list's entry that is no symbol. */
    static final String PRIORITY = "priority";

    private static final int MOST = 100_000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

    private ShapeReader() {}

    /** All combinations, in the order in which they are written; one without symbols where the entry has none. */
    static List<ShapePoint> read(SpecNode entry, Map<String, SpecNode> map) {
        ShapePoint none = new ShapePoint(Map.of(), Map.of(), java.util.OptionalInt.empty(), entry);
        List<ShapePoint> points = List.of(none);
        if (map.containsKey("shapes")) {
            points = shapes(map.get("shapes"), none);
        }
        if (map.containsKey("dtypes")) {
            points = dtypes(map.get("dtypes"), points);
        }
        return points;
    }

    /** The symbols that a kernel entry gives values to, also those whose values have mistakes. */
    static Set<String> symbols(Map<String, SpecNode> map) {
        Set<String> symbols = new LinkedHashSet<>();
        for (String key : List.of("shapes", "dtypes")) {
            if (map.containsKey(key)) {
                SpecNode node = map.get(key);
                symbols.addAll(node.keys());
                if (node.isList()) {
                    node.list("").forEach(item -> symbols.addAll(item.keys()));
                }
            }
        }
        symbols.remove(PRIORITY);
        return symbols;
    }

    private static List<ShapePoint> shapes(SpecNode node, ShapePoint none) {
        List<ShapePoint> points = new ArrayList<>();
        if (node.isList()) {
            List<SpecNode> items = node.list("`- {M: 2048, N: 4096}`");
            for (SpecNode item : items) {
                if (givesAll(item, items)) {
                    node.mistakes()
                            .attempt(() -> product(item, none.at(item), true))
                            .ifPresent(points::addAll);
                }
            }
            if (items.isEmpty()) {
                node.report("`shapes` gives no shape. Write `shapes: {M: [2048, 8192]}` or leave it out.");
            }
        } else {
            points.addAll(product(node, none.at(node), false));
        }
        return points;
    }

    private static boolean givesAll(SpecNode item, List<SpecNode> items) {
        for (SpecNode other : items) {
            for (String symbol : other.keys()) {
                if (!symbol.equals(PRIORITY)
                        && !item.keys().isEmpty()
                        && !item.keys().contains(symbol)) {
                    item.report("this shape has no value for `" + symbol + "`, and that of line " + other.line()
                            + " has one" + SpecNode.suggestion(symbol, item.keys()));
                    return false;
                }
            }
        }
        return true;
    }

    private static List<ShapePoint> product(SpecNode node, ShapePoint start, boolean ofList) {
        Map<String, SpecNode> map = node.map(List.of());
        if (map.isEmpty()) {
            node.report("`shapes` gives no shape here. Write `{M: 2048, N: 4096}` or leave it out.");
        }
        List<ShapePoint> points = List.of(start);
        for (Map.Entry<String, SpecNode> entry : map.entrySet()) {
            SpecNode values = entry.getValue();
            if (ofList && entry.getKey().equals(PRIORITY)) {
                List<ShapePoint> all = points;
                points = node.mistakes()
                        .attempt(() -> values.integer())
                        .map(own -> all.stream()
                                .map(point -> point.withPriority(own))
                                .toList())
                        .orElse(all);
            } else {
                symbol(node, entry.getKey());
                points = times(
                        points,
                        values,
                        "`[2048, 8192]`",
                        SpecNode::extent,
                        (point, value) -> point.withExtent(entry.getKey(), value));
            }
        }
        return points;
    }

    private static List<ShapePoint> dtypes(SpecNode node, List<ShapePoint> points) {
        List<ShapePoint> all = points;
        for (Map.Entry<String, SpecNode> entry : node.map(List.of()).entrySet()) {
            symbol(node, entry.getKey());
            all = times(
                    all,
                    entry.getValue(),
                    "`[f16, bf16]`",
                    ShapeReader::dtype,
                    (point, value) -> point.withDtype(entry.getKey(), value));
        }
        return all;
    }

    private static String dtype(SpecNode node) {
        String name = node.text().replaceFirst("^torch\\.", "");
        return DType.named(name).map(DType::shortName).orElseThrow(() -> {
            List<String> known =
                    Arrays.stream(DType.values()).map(DType::shortName).toList();
            return node.error("there is no dtype `" + name + "`" + SpecNode.suggestion(name, known) + " It is one of "
                    + String.join(", ", known) + ".");
        });
    }

    private interface Reading<T> {
        T read(SpecNode node);
    }

    /** Every point with every value; values with mistakes are left out. */
    private static <T> List<ShapePoint> times(
            List<ShapePoint> points,
            SpecNode values,
            String example,
            Reading<T> reading,
            BiFunction<ShapePoint, T, ShapePoint> with) {
        Mistakes mistakes = values.mistakes();
        List<SpecNode> items = values.isScalar()
                ? List.of(values)
                : mistakes.attempt(() -> values.list(example)).orElse(List.of());
        if (values.isList() && items.isEmpty()) {
            values.report("this list is empty, so there is nothing to tune. Write values, as " + example + ".");
        }
        List<T> read = new ArrayList<>();
        for (SpecNode item : items) {
            mistakes.attempt(() -> reading.read(item)).ifPresent(value -> {
                if (read.contains(value)) {
                    item.report("`" + item.text() + "` stands in this list twice, which would tune the same again.");
                } else {
                    read.add(value);
                }
            });
        }
        if ((long) points.size() * read.size() > MOST) {
            throw values.error(
                    "this product has more than " + MOST + " combinations. Make it smaller, or split the sweep.");
        }
        List<ShapePoint> product = new ArrayList<>();
        for (ShapePoint point : points) {
            read.forEach(value -> product.add(with.apply(point, value)));
        }
        return product;
    }

    private static void symbol(SpecNode node, String symbol) {
        if (!NAME.matcher(symbol).matches() || Symbols.isReserved(symbol)) {
            node.key(symbol)
                    .report("`" + symbol + "` cannot name an extent or a dtype. Write a name as `M` or `hidden`.");
        }
    }
}
