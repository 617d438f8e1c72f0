package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.BinaryOperator;
import dev.perihelion.compiler.syntax.Expr;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Python's builtins on sequences whose elements are known; empty where they are not. */
final class SequenceBuiltins {

    /** A {@code range} that is longer is not spelled out. */
    private static final long MAX_RANGE = 65_536;

    private final Context context;

    SequenceBuiltins(Context context) {
        this.context = context;
    }

    Optional<Item> call(String name, CallArguments call) {
        List<Item> arguments = call.positional();
        if (arguments.isEmpty()) {
            return name.equals("tuple") || name.equals("list")
                    ? Optional.of(new Item.Sequence(List.of(), name.equals("list")))
                    : dictionary(name, call);
        }
        Item first = arguments.get(0);
        return switch (name) {
            case "len" -> length(first);
            case "tuple", "list" ->
                Sequences.of(first).map(items -> new Item.Sequence(items.items(), name.equals("list")));
            case "sum" -> sum(arguments);
            case "prod" -> product(first);
            case "any", "all" -> quantified(name, first);
            case "range" -> range(arguments.stream().map(context::constant).toList());
            case "enumerate", "zip" -> paired(name, arguments, call);
            case "reversed" -> Sequences.of(first).map(SequenceBuiltins::reversed);
            case "sorted" -> sorted(first, call);
            case "dict" -> dictionary(name, call);
            default -> Optional.empty();
        };
    }

    private static Optional<Item> length(Item item) {
        if (item instanceof Item.Host host && host.tensor().rank() > 0) {
            return Optional.of(Attributes.item(host.tensor().shape().get(0)));
        }
        return Sequences.of(item)
                .map(sequence -> new Item.Known((long) sequence.items().size()));
    }

    private static Optional<Item> sum(List<Item> arguments) {
        Item total = arguments.size() > 1 ? arguments.get(1) : new Item.Known(0L);
        return fold(arguments.get(0), total, BinaryOperator.ADD);
    }

    private static Optional<Item> product(Item sequence) {
        return fold(sequence, new Item.Known(1L), BinaryOperator.MULTIPLY);
    }

    private static Optional<Item> fold(Item sequence, Item start, BinaryOperator operator) {
        Optional<Item.Sequence> items = Sequences.of(sequence);
        Optional<Item> result = items.map(known -> start);
        for (Item item : items.map(Item.Sequence::items).orElse(List.of())) {
            result = result.flatMap(left -> Constants.binary(operator, left, item));
        }
        return result;
    }

    private static Optional<Item> quantified(String name, Item sequence) {
        Optional<Item.Sequence> items = Sequences.of(sequence);
        if (items.isEmpty()) {
            return Optional.empty();
        }
        boolean all = name.equals("all");
        boolean unknown = false;
        for (Item item : items.get().items()) {
            Optional<Boolean> truth = Constants.truth(item);
            unknown |= truth.isEmpty();
            if (truth.isPresent() && truth.get() != all) {
                return Optional.of(new Item.Known(!all));
            }
        }
        return unknown ? Optional.empty() : Optional.of(new Item.Known(all));
    }

    private Optional<Item> range(List<Item> arguments) {
        List<Long> bounds = new ArrayList<>();
        for (Item item : arguments) {
            OptionalLong bound = (context.builder.onDevice() ? Attributes.size(item) : context.size(item))
                    .map(Size::constant)
                    .orElse(OptionalLong.empty());
            if (bound.isEmpty()) {
                return Optional.empty();
            }
            bounds.add(bound.getAsLong());
        }
        long start = bounds.size() > 1 ? bounds.get(0) : 0;
        long end = bounds.size() > 1 ? bounds.get(1) : bounds.get(0);
        long step = bounds.size() > 2 ? bounds.get(2) : 1;
        if (step == 0 || Math.abs((end - start) / step) > MAX_RANGE) {
            return Optional.empty();
        }
        List<Item> items = new ArrayList<>();
        for (long i = start; step > 0 ? i < end : i > end; i += step) {
            items.add(new Item.Known(i));
        }
        return Optional.of(new Item.Sequence(items, true));
    }

    private static Optional<Item> paired(String name, List<Item> arguments, CallArguments call) {
        boolean counts = name.equals("enumerate");
        List<List<Item>> columns = new ArrayList<>();
        for (Item item : counts ? arguments.subList(0, 1) : arguments) {
            Optional<Item.Sequence> column = Sequences.of(item);
            if (column.isEmpty()) {
                return Optional.empty();
            }
            columns.add(column.get().items());
        }
        Item start = counts ? call.optional(1, "start").orElse(new Item.Known(0L)) : new Item.Known(0L);
        if (!(start instanceof Item.Known known && known.value() instanceof Long)) {
            return Optional.empty();
        }
        long first = (Long) ((Item.Known) start).value();
        int length = columns.stream().mapToInt(List::size).min().orElse(0);
        List<Item> rows = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            List<Item> row = new ArrayList<>();
            if (counts) {
                row.add(new Item.Known(first + i));
            }
            for (List<Item> column : columns) {
                row.add(column.get(i));
            }
            rows.add(new Item.Sequence(row, false));
        }
        return Optional.of(new Item.Sequence(rows, true));
    }

    private static Item reversed(Item.Sequence sequence) {
        List<Item> items = new ArrayList<>(sequence.items());
        Collections.reverse(items);
        return new Item.Sequence(items, true);
    }

    private static Optional<Item> sorted(Item item, CallArguments call) {
        boolean numbers = Sequences.of(item).stream()
                .flatMap(sequence -> sequence.items().stream())
                .allMatch(element -> element instanceof Item.Known known && known.value() instanceof Long);
        if (!numbers || call.keywords().containsKey("key")) {
            return Optional.empty();
        }
        List<Item> items = new ArrayList<>(Sequences.of(item).orElseThrow().items());
        items.sort((a, b) -> Long.compare((Long) ((Item.Known) a).value(), (Long) ((Item.Known) b).value()));
        Item.Sequence result = new Item.Sequence(items, true);
        Optional<Boolean> reverse = call.keyword("reverse").flatMap(Constants::truth);
        return Optional.of(reverse.orElse(false) ? reversed(result) : result);
    }

    private static Optional<Item> dictionary(String name, CallArguments call) {
        if (!name.equals("dict")) {
            return Optional.empty();
        }
        Map<Object, Item> entries = new LinkedHashMap<>();
        for (Item item : call.positional()) {
            if (!(item instanceof Item.Mapping mapping)) {
                return Optional.empty();
            }
            entries.putAll(mapping.entries());
        }
        entries.putAll(call.keywords());
        return Optional.of(new Item.Mapping(entries));
    }

    /** Methods of lists, tuples and dictionaries that change nothing. */
    static Optional<Item> method(Item receiver, String name, List<Item> arguments) {
        if (receiver instanceof Item.Mapping mapping) {
            List<Item> keys = Sequences.of(mapping).orElseThrow().items();
            List<Item> values = List.copyOf(mapping.entries().values());
            return switch (name) {
                case "keys" -> Optional.of(new Item.Sequence(keys, true));
                case "values" -> Optional.of(new Item.Sequence(values, true));
                case "items" -> {
                    List<Item> pairs = new ArrayList<>();
                    for (int i = 0; i < keys.size(); i++) {
                        pairs.add(new Item.Sequence(List.of(keys.get(i), values.get(i)), false));
                    }
                    yield Optional.of(new Item.Sequence(pairs, true));
                }
                case "get" -> {
                    Item otherwise = arguments.size() > 1 ? arguments.get(1) : new Item.Known(Expr.Special.NONE);
                    yield !arguments.isEmpty() && arguments.get(0) instanceof Item.Known key
                            ? Optional.of(mapping.entries().getOrDefault(key.value(), otherwise))
                            : Optional.empty();
                }
                default -> Optional.empty();
            };
        }
        Optional<Item.Sequence> sequence = Sequences.of(receiver);
        if (sequence.isEmpty()) {
            return Optional.empty();
        }
        return switch (name) {
            case "copy" -> Optional.of(sequence.get());
            case "numel" -> product(sequence.get());
            case "index", "count" -> found(sequence.get().items(), name, arguments);
            default -> Optional.empty();
        };
    }

    private static Optional<Item> found(List<Item> items, String name, List<Item> arguments) {
        if (arguments.size() != 1) {
            return Optional.empty();
        }
        int index = items.indexOf(arguments.get(0));
        if (name.equals("count")) {
            return Optional.of(new Item.Known((long) Collections.frequency(items, arguments.get(0))));
        }
        return index < 0 ? Optional.empty() : Optional.of(new Item.Known((long) index));
    }
}
