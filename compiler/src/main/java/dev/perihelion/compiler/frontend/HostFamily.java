package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A family of torch functions and tensor methods in host code; the receiver of a method is the first argument. */
abstract class HostFamily {

    /** Gives a call its meaning; empty where the arguments are beyond what is followed. */
    @FunctionalInterface
    interface Handler {
        Optional<Item> apply(CallArguments call);
    }

    protected final Context context;
    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    protected HostFamily(Context context) {
        this.context = context;
    }

    protected final void put(String name, Handler handler) {
        handlers.put(name, handler);
    }

    protected final void putAll(List<String> names, Handler handler) {
        names.forEach(name -> handlers.put(name, handler));
    }

    Map<String, Handler> handlers() {
        return handlers;
    }

    protected final HostTensor tensor(CallArguments call) {
        return host(call.required(0, "input"), call.span());
    }

    protected final HostTensor host(Item item, Span span) {
        if (item instanceof Item.Host host) {
            return host.tensor();
        }
        throw context.error(span, MessageKey.NEEDS_HOST_TENSOR, "this call", item.describe());
    }

    protected final DType dtype(Item item, Span span) {
        if (item instanceof Item.Known known && known.value() instanceof DType dtype) {
            return dtype;
        }
        throw context.error(span, MessageKey.NEEDS_CONSTANT, "this call", "dtype", item.describe());
    }

    /** The dtype that a call asks for, or another one where it says nothing or None. */
    protected final DType dtypeOr(CallArguments call, DType standard) {
        return call.keyword("dtype")
                .filter(item -> !Context.isNone(item))
                .map(item -> dtype(item, call.span()))
                .orElse(standard);
    }

    /** Whole numbers given one by one from {@code first} on, or as one sequence. */
    protected final List<Size> sizes(CallArguments call, int first, String name) {
        List<Item> items = new ArrayList<>(call.positional()
                .subList(
                        Math.min(first, call.positional().size()),
                        call.positional().size()));
        call.keyword(name).ifPresent(items::add);
        return items.size() == 1
                ? sizesOf(items.get(0), call.span())
                : sizesOf(new Item.Sequence(items, false), call.span());
    }

    protected final List<Size> sizesOf(Item item, Span span) {
        List<Item> items = item instanceof Item.Sequence sequence ? sequence.items() : List.of(item);
        List<Size> sizes = new ArrayList<>();
        for (Item extent : items) {
            sizes.add(context.size(extent)
                    .orElseThrow(() -> context.error(span, MessageKey.BAD_EXTENT, extent.describe())));
        }
        return sizes;
    }

    /** Axes given one by one from {@code first} on, or as one sequence; counted from 0. */
    protected final List<Integer> axes(CallArguments call, int first, String name, int rank) {
        List<Integer> axes = new ArrayList<>();
        for (Size size : sizes(call, first, name)) {
            axes.add(call.axis(new Item.Known(size.constant().orElseThrow()), rank));
        }
        return axes;
    }

    protected static Optional<Item> followed(Item item) {
        return Optional.of(item);
    }

    protected static Item known(Object value) {
        return new Item.Known(value);
    }

    protected static Item numbers(List<Size> numbers) {
        return new Item.Sequence(numbers.stream().map(Attributes::item).toList(), false);
    }
}
