package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions of {@code helion.language}, except the loops. */
final class LanguageCalls {

    private final Context context;
    private final DeviceOps ops;
    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    LanguageCalls(Context context, DeviceOps ops, Indexing indexing, CombineCalls.Invoker invoker) {
        this.context = context;
        this.ops = ops;
        new CreationCalls(context, ops).registerLanguage(handlers);
        new ShapeCalls(context, ops).registerLanguage(handlers);
        new CastCalls(context, ops).registerLanguage(handlers);
        new MatrixCalls(context, ops).registerLanguage(handlers);
        new CombineCalls(context, ops, invoker).register(handlers);
        Map<String, Handler> scans = new LinkedHashMap<>();
        new ScanCalls(context, ops).register(scans);
        handlers.put("cumsum", scans.get("cumsum"));
        handlers.put("cumprod", scans.get("cumprod"));
        new RandomCalls(context, ops).registerLanguage(handlers);
        new EscapeCalls(context, ops).register(handlers);
        new MemoryCalls(context, indexing).register(handlers);
        handlers.put("subscript", this::subscript);
        handlers.put("specialize", this::specialize);
        handlers.put("constexpr", call -> call.required(0, "value"));
        handlers.put("register_block_size", this::registerBlockSize);
        handlers.put("register_tunable", this::registerTunable);
        handlers.put("tile_index", call -> tileProperty(call, "index"));
        handlers.put("tile_begin", call -> tileProperty(call, "begin"));
        handlers.put("tile_end", call -> tileProperty(call, "end"));
        handlers.put("tile_id", call -> tileProperty(call, "id"));
        handlers.put("tile_block_size", call -> tileProperty(call, "block_size"));
    }

    boolean knows(String name) {
        return handlers.containsKey(name);
    }

    List<String> names() {
        return List.copyOf(handlers.keySet());
    }

    Item call(String name, CallArguments call) {
        boolean hostOnly = name.startsWith("register_");
        boolean anywhere = name.equals("specialize") || name.equals("constexpr");
        if (!anywhere && hostOnly == context.builder.onDevice()) {
            throw context.error(call.span(), hostOnly ? MessageKey.HOST_ONLY : MessageKey.DEVICE_ONLY, "hl." + name);
        }
        Item result = handlers.get(name).apply(call);
        call.checkAllTaken();
        return result;
    }

    /** {@code tile.begin} and the like. */
    Item property(Item.Tile tile, String name, Span span) {
        int block = tile.axis().block();
        switch (name) {
            case "index" -> {
                Value index = context.builder.value(
                        new TensorType(context.indexType(), List.of(new Dim.Block(block))), "index");
                context.builder.emit(new CreationOp.TileIndex(index, block, span));
                boolean shifted = !(tile.shift() instanceof Literal shift && shift.asDouble() == 0);
                return new Item.Device(shifted ? ops.pointwise("add", List.of(index, tile.shift()), span) : index);
            }
            case "begin" -> {
                return scalar(block, CreationOp.TileProperty.BEGIN, span);
            }
            case "end" -> {
                return scalar(block, CreationOp.TileProperty.END, span);
            }
            case "id" -> {
                return scalar(block, CreationOp.TileProperty.ID, span);
            }
            case "count" -> {
                return scalar(block, CreationOp.TileProperty.COUNT, span);
            }
            case "block_size" -> {
                return tileSize(tile);
            }
            default -> throw context.error(span, MessageKey.NO_ATTRIBUTE, "a tile", name);
        }
    }

    private static Item tileSize(Item.Tile tile) {
        return Attributes.item(
                tile.axis().fixedStep().orElse(new Size.Block(tile.axis().block())));
    }

    private Item scalar(int block, CreationOp.TileProperty property, Span span) {
        Value value = context.builder.value(
                TensorType.scalar(context.indexType()), property.name().toLowerCase(java.util.Locale.ROOT));
        context.builder.emit(new CreationOp.TileScalar(value, block, property, span));
        return new Item.Device(value);
    }

    private Item tileProperty(CallArguments call, String property) {
        if (call.required(0, "tile") instanceof Item.Tile tile) {
            return property(tile, property, call.span());
        }
        throw context.error(call.span(), MessageKey.NEEDS_TILE, call.callee());
    }

    private Item subscript(CallArguments call) {
        Item index = call.required(1, "index");
        List<Item> items = index instanceof Item.Sequence sequence ? sequence.items() : List.of(index);
        return new Item.Device(ops.subscript(call.tensor(0, "tensor"), items, call.span()));
    }

    private Item specialize(CallArguments call) {
        Item item = context.specialized(call.required(0, "value"));
        if (item instanceof Item.Known || item instanceof Item.Sequence) {
            String text = context.source.text(call.span());
            context.editHost(call.span(), text.substring(text.indexOf('('), text.lastIndexOf(')') + 1));
            return item;
        }
        throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, "hl.specialize", "value", item.describe());
    }

    private Item registerBlockSize(CallArguments call) {
        boolean range = call.positional().size() > 1;
        Item first = call.required(0, "min_or_max");
        Item max = range ? call.required(1, "max") : first;
        if (max instanceof Item.Sized sized && sized.size() instanceof Size.Block) {
            // The bound is a block itself: they are the same.
            context.editHost(call.span(), sized.size());
            return max;
        }
        long low = range ? call.optionalInt(0, "min").orElseThrow() : 1;
        long high = max instanceof Item.Known
                ? call.optionalInt(range ? 1 : 0, "max").orElseThrow()
                : LengthHints.of(max);
        int block = context.blocks.register("block", low, high).id();
        Size size = new Size.Block(block);
        context.editHost(call.span(), size);
        return new Item.Sized(size);
    }

    private Item registerTunable(CallArguments call) {
        String name = call.optionalString(0, "name")
                .orElseThrow(() -> context.error(call.span(), MessageKey.MISSING_ARGUMENT, call.callee(), "name"));
        if (!(call.required(1, "fragment") instanceof Item.Fragment fragment)) {
            throw context.error(
                    call.span(),
                    MessageKey.NEEDS_CONSTANT,
                    call.callee(),
                    "fragment",
                    call.required(1, "fragment").describe());
        }
        context.tunables.put(name, fragment.domain().named(name));
        Size size = new Size.Tunable(name);
        context.editHost(call.span(), size);
        return new Item.Sized(size);
    }
}
