package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Subscripts of tuples and lists. */
final class Elements {

    private final Context context;

    Elements(Context context) {
        this.context = context;
    }

    /** What {@code sequence[index]} is. */
    Item element(Item.Sequence sequence, Item index, Span span) {
        List<Item> items = sequence.items();
        Item known = index instanceof Item.Runtime number && !context.builder.onDevice()
                ? context.pin(number).orElse(index)
                : context.constant(index);
        if (known instanceof Item.Known constant && constant.value() instanceof Long number) {
            long at = number < 0 ? number + items.size() : number;
            if (at < 0 || at >= items.size()) {
                throw context.error(span, MessageKey.SEQUENCE_INDEX, number, items.size());
            }
            return items.get((int) at);
        }
        if (index instanceof Item.Slice slice) {
            return slice(sequence, slice, span);
        }
        if (!context.builder.onDevice()) {
            return new Item.Opaque("`" + context.source.text(span) + "`");
        }
        throw context.error(span, MessageKey.NEEDS_CONSTANT, "this sequence", "index", index.describe());
    }

    private Item slice(Item.Sequence sequence, Item.Slice slice, Span span) {
        List<Item> items = sequence.items();
        int step = bound(slice.step(), 1, Integer.MAX_VALUE, span);
        List<Item> chosen = new ArrayList<>();
        if (step > 0) {
            int from = bound(slice.lower(), 0, items.size(), span);
            int to = bound(slice.upper(), items.size(), items.size(), span);
            for (int i = from; i < to; i += step) {
                chosen.add(items.get(i));
            }
        } else if (slice.lower().isEmpty() && slice.upper().isEmpty()) {
            for (int i = items.size() - 1; i >= 0; i -= -step) {
                chosen.add(items.get(i));
            }
        } else {
            throw context.error(span, MessageKey.NEEDS_CONSTANT, "this sequence", "slice", "a negative step");
        }
        return new Item.Sequence(chosen, sequence.isList());
    }

    /** A bound as Python counts it; a step, which has no size to count from, keeps its sign. */
    private int bound(Optional<Item> bound, int standard, int size, Span span) {
        if (bound.isEmpty()) {
            return standard;
        }
        if (bound.get() instanceof Item.Known known && known.value() instanceof Long number) {
            boolean isStep = size == Integer.MAX_VALUE;
            return (int) (isStep ? number : Math.max(0, Math.min(size, number < 0 ? number + size : number)));
        }
        throw context.error(
                span,
                MessageKey.NEEDS_CONSTANT,
                "this sequence",
                "slice",
                bound.get().describe());
    }
}
