package dev.perihelion.compiler.frontend;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Methods of strings that are known now. */
final class Strings {

    private Strings() {}

    static Optional<Item> method(String text, String name, List<Item> arguments) {
        List<String> given = arguments.stream()
                .map(item -> item instanceof Item.Known known && known.value() instanceof String string ? string : null)
                .toList();
        if (given.contains(null)) {
            return Optional.empty();
        }
        if (given.isEmpty()) {
            return switch (name) {
                case "lower" -> known(text.toLowerCase(Locale.ROOT));
                case "upper" -> known(text.toUpperCase(Locale.ROOT));
                case "strip" -> known(text.strip());
                case "split" ->
                    Optional.of(new Item.Sequence(
                            Arrays.stream(text.strip().split("\\s+"))
                                    .<Item>map(Item.Known::new)
                                    .toList(),
                            true));
                default -> Optional.empty();
            };
        }
        String first = given.get(0);
        return switch (name) {
            case "startswith" -> known(text.startsWith(first));
            case "endswith" -> known(text.endsWith(first));
            case "count" -> known((long) text.split(java.util.regex.Pattern.quote(first), -1).length - 1);
            case "find" -> known((long) text.indexOf(first));
            case "replace" -> given.size() == 2 ? known(text.replace(first, given.get(1))) : Optional.empty();
            case "removeprefix" -> known(text.startsWith(first) ? text.substring(first.length()) : text);
            case "split" ->
                Optional.of(new Item.Sequence(
                        Arrays.stream(text.split(java.util.regex.Pattern.quote(first), -1))
                                .<Item>map(Item.Known::new)
                                .toList(),
                        true));
            default -> Optional.empty();
        };
    }

    private static Optional<Item> known(Object value) {
        return Optional.of(new Item.Known(value));
    }
}
