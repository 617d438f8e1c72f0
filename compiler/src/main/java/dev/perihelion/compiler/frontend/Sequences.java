package dev.perihelion.compiler.frontend;

import java.util.List;
import java.util.Optional;

/** What Python can iterate over, where its elements are known. */
final class Sequences {

    private Sequences() {}

    /** The elements one after the other. */
    static Optional<Item.Sequence> of(Item item) {
        if (item instanceof Item.Sequence sequence) {
            return Optional.of(sequence);
        }
        if (item instanceof Item.Extents extents) {
            return Optional.of(new Item.Sequence(
                    extents.dims().stream().map(Attributes::item).toList(), false));
        }
        if (item instanceof Item.Fields fields && fields.isTuple()) {
            return Optional.of(new Item.Sequence(List.copyOf(fields.fields().values()), false));
        }
        if (item instanceof Item.Mapping mapping) {
            List<Item> keys = mapping.entries().keySet().stream()
                    .<Item>map(Item.Known::new)
                    .toList();
            return Optional.of(new Item.Sequence(keys, true));
        }
        if (item instanceof Item.Known known && known.value() instanceof String text) {
            List<Item> letters = text.codePoints()
                    .<Item>mapToObj(letter -> new Item.Known(Character.toString(letter)))
                    .toList();
            return Optional.of(new Item.Sequence(letters, false));
        }
        return Optional.empty();
    }
}
