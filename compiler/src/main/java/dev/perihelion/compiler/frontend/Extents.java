package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import java.util.Optional;

/** What stands in a shape: tiles, block sizes, numbers. */
final class Extents {

    private final Context context;

    Extents(Context context) {
        this.context = context;
    }

    /** The axes of a shape, which is a sequence or one extent. */
    List<Dim> dims(Item shape, Span span) {
        if (shape instanceof Item.Extents extents) {
            return extents.dims();
        }
        List<Item> items = shape instanceof Item.Sequence sequence ? sequence.items() : List.of(shape);
        return items.stream().map(item -> dim(item, span)).toList();
    }

    /** The axis that an item stands for in a shape. */
    Dim dim(Item item, Span span) {
        if (item instanceof Item.Tile tile) {
            return new Dim.Block(tile.axis().block());
        }
        Optional<Size> size = context.size(item)
                .filter(value -> value.constant().isEmpty() || value.constant().getAsLong() >= 0);
        if (size.isPresent()) {
            return Dim.of(size.get());
        }
        throw context.error(span, MessageKey.BAD_EXTENT, item.describe());
    }
}
