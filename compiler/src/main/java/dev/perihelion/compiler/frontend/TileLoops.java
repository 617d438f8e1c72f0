package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the headers of tile loops and hands out their block symbols. */
final class TileLoops {

    /** What a loop header says. {@code unpacked} is true where the loop variable is a tuple even of one tile. */
    record Header(List<TileAxis> axes, boolean unpacked) {}

    private final Context context;
    private final Map<Stmt.For, List<Integer>> blocksOf = new IdentityHashMap<>();

    TileLoops(Context context) {
        this.context = context;
    }

    /** {@code tile}, {@code grid}, {@code static_range}, {@code jagged_tile} or {@code range}, where it is one. */
    static Optional<String> kind(Stmt.For loop, Evaluator evaluator) {
        if (loop.iterable() instanceof Expr.Call call
                && (call.callee() instanceof Expr.Name || call.callee() instanceof Expr.Attribute)
                && evaluator.evaluate(call.callee()) instanceof Item.Qualified callee) {
            return switch (callee.path()) {
                case "helion.language.tile" -> Optional.of("tile");
                case "helion.language.grid" -> Optional.of("grid");
                case "helion.language.static_range" -> Optional.of("static_range");
                case "helion.language.jagged_tile" -> Optional.of("jagged_tile");
                case "builtins.range" -> Optional.of("range");
                default -> Optional.empty();
            };
        }
        return Optional.empty();
    }

    /** Whether it runs on the device, as far as its iterable can be told. */
    static boolean isTileLoop(Stmt.For loop, Evaluator evaluator) {
        try {
            return kind(loop, evaluator).filter(kind -> !kind.equals("range")).isPresent();
        } catch (CompileException | Poisoned e) {
            return false;
        }
    }

    Header header(Stmt.For loop, String kind, Evaluator evaluator) {
        Expr.Call call = (Expr.Call) loop.iterable();
        List<Item> positional = evaluator.elements(call.arguments());
        if (kind.equals("jagged_tile")) {
            return jagged(loop, call, positional);
        }
        Item blockSize = null;
        Item step = null;
        for (Expr.Keyword keyword : call.keywords()) {
            Item value = evaluator.evaluate(keyword.value());
            if (keyword.name().equals(Optional.of("block_size")) && kind.equals("tile")) {
                blockSize = context.constant(value);
            } else if (keyword.name().equals(Optional.of("step")) && kind.equals("grid")) {
                step = context.constant(value);
            } else {
                throw context.error(
                        keyword.span(),
                        MessageKey.UNKNOWN_ARGUMENT,
                        "hl." + kind,
                        keyword.name().orElse("**"));
            }
        }
        if (kind.equals("range") && positional.size() == 3) {
            step = positional.get(2);
            positional = positional.subList(0, 2);
        }
        if (positional.isEmpty() || positional.size() > 2) {
            throw context.error(
                    call.span(), MessageKey.WRONG_ARGUMENT_COUNT, "hl." + kind, "1 or 2", positional.size());
        }
        Item begin = positional.size() == 2 ? positional.get(0) : null;
        Item end = positional.get(positional.size() - 1);
        boolean unpacked = end instanceof Item.Sequence;
        List<Item> ends = list(end);
        List<Item> begins = begin == null ? List.of() : list(begin);
        List<Item> sizes = blockSize == null || Context.isNone(blockSize) ? List.of() : list(blockSize);
        List<Item> steps = step == null ? List.of() : list(step);
        if (!begins.isEmpty() && begins.size() != ends.size() || !sizes.isEmpty() && sizes.size() != ends.size()) {
            throw context.error(call.span(), MessageKey.TILE_BOUNDS_MISMATCH, begins.size(), ends.size());
        }
        // Bounds first: where one of them is a mistake, no block is left half made.
        List<Operand> lows = new ArrayList<>();
        List<Operand> highs = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            lows.add(begins.isEmpty() ? new Operand.Literal(0L, DType.INT64) : bound(begins.get(i), call.span()));
            highs.add(bound(ends.get(i), call.span()));
        }
        boolean known = blocksOf.containsKey(loop);
        List<Integer> blocks = blocksOf.computeIfAbsent(loop, key -> new ArrayList<>());
        List<TileAxis> axes = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            Operand low = lows.get(i);
            Operand high = highs.get(i);
            if (low instanceof Operand.Literal a
                    && high instanceof Operand.Literal b
                    && ((Number) b.number()).longValue() < ((Number) a.number()).longValue()) {
                throw context.error(call.span(), MessageKey.INVALID_TILE_RANGE, a.number(), b.number());
            }
            boolean grid = !kind.equals("tile");
            Item size = sizes.isEmpty() ? null : sizes.get(i);
            Optional<Size> fixed = grid
                    ? Optional.of(steps.isEmpty() ? Size.ONE : step(steps.get(i), call.span()))
                    : Optional.ofNullable(size)
                            .flatMap(Attributes::size)
                            .filter(value -> !(value instanceof Size.Block));
            if (!known) {
                long length = begins.isEmpty()
                        ? LengthHints.of(ends.get(i))
                        : LengthHints.between(begins.get(i), ends.get(i));
                blocks.add(newBlock(loop, i, length, fixed, size, call.span()));
            }
            TileAxis axis = new TileAxis(blocks.get(i), low, high, fixed, grid);
            axes.add(axis);
            context.openTile(axis);
            if (!new Counts(context).isCount(low)) {
                context.mayBeginBelowZero(blocks.get(i));
            }
        }
        return new Header(axes, unpacked);
    }

    /** A loop to the greatest of many lengths; each lane has its own end. */
    private Header jagged(Stmt.For loop, Expr.Call call, List<Item> positional) {
        if (positional.size() != 1 || !call.keywords().isEmpty()) {
            throw context.error(call.span(), MessageKey.WRONG_ARGUMENT_COUNT, "hl.jagged_tile", "1", positional.size());
        }
        Operand lengths = context.operand(positional.get(0), call.span());
        boolean tiles = lengths instanceof Operand.Value
                && lengths.type().rank() > 0
                && !lengths.type().dtype().isFloating()
                && lengths.type().shape().stream()
                        .allMatch(dim -> dim instanceof Dim.Block block && context.isTile(block.id()));
        if (!tiles) {
            throw context.error(
                    call.span(), MessageKey.BAD_JAGGED_TILE, positional.get(0).describe());
        }
        DeviceOps ops = new DeviceOps(context);
        Operand longest = lengths;
        while (longest instanceof Operand.Value value && value.type().rank() > 0) {
            longest = new Reducer(context, ops)
                    .reduce(ReduceOp.MAX, value, value.type().rank() - 1, false, call.span());
        }
        List<Integer> blocks = blocksOf.computeIfAbsent(
                loop,
                key -> List.of(context.blocks
                        .add(targetName(loop.target(), 0), BlockTable.UNKNOWN_LENGTH, Optional.empty())
                        .id()));
        Operand zero = new Operand.Literal(0L, DType.INT64);
        TileAxis axis = new TileAxis(
                blocks.get(0), zero, longest, Optional.empty(), false, Optional.of((Operand.Value) lengths));
        context.openTile(axis);
        return new Header(List.of(axis), false);
    }

    private int newBlock(Stmt.For loop, int axis, long length, Optional<Size> fixed, Item size, Span span) {
        if (size instanceof Item.Sized sized && sized.size() instanceof Size.Block registered) {
            context.blocks.use(registered.id(), length);
            // An axis is known by its symbol, so that two axes of one length need two.
            return context.isTile(registered.id())
                    ? context.blocks
                            .addSame(targetName(loop.target(), axis), registered.id())
                            .id()
                    : registered.id();
        }
        if (size != null && fixed.isEmpty() && !Context.isNone(size)) {
            throw context.error(span, MessageKey.NEEDS_CONSTANT, "hl.tile", "block_size", size.describe());
        }
        return context.blocks
                .add(targetName(loop.target(), axis), length, fixed)
                .id();
    }

    /** Tells that the body of a loop was read. */
    void leave(Header header) {
        header.axes().forEach(axis -> context.closeTile(axis.block()));
    }

    /** Binds the loop variable: tiles, or numbers for {@code hl.grid}. */
    void bindTarget(Stmt.For loop, Header header, Scope scope) {
        List<Item> items = new ArrayList<>();
        for (TileAxis axis : header.axes()) {
            if (axis.isGrid()) {
                Operand.Value value = context.builder.value(
                        TensorType.scalar(context.indexType()), targetName(loop.target(), items.size()));
                context.builder.emit(
                        new CreationOp.TileScalar(value, axis.block(), CreationOp.TileProperty.BEGIN, loop.header()));
                items.add(new Item.Device(value));
            } else {
                items.add(new Item.Tile(axis, new Operand.Literal(0L, DType.INT64)));
            }
        }
        if (loop.target() instanceof Expr.Name name) {
            scope.bind(name.id(), header.unpacked() ? new Item.Sequence(items, false) : items.get(0));
        } else if (loop.target() instanceof Expr.TupleDisplay tuple
                && header.unpacked()
                && tuple.elements().size() == items.size()
                && tuple.elements().stream().allMatch(Expr.Name.class::isInstance)) {
            for (int i = 0; i < items.size(); i++) {
                scope.bind(((Expr.Name) tuple.elements().get(i)).id(), items.get(i));
            }
        } else {
            throw context.error(loop.target().span(), MessageKey.TILE_UNPACK, items.size());
        }
    }

    private Size step(Item item, Span span) {
        return Attributes.size(item)
                .filter(size -> size.constant().orElse(1) > 0)
                .orElseThrow(() -> context.error(span, MessageKey.NEEDS_CONSTANT, "hl.grid", "step", item.describe()));
    }

    private Operand bound(Item item, Span span) {
        if (item instanceof Item.Tile) {
            throw context.error(span, MessageKey.TILE_OF_TILE);
        }
        Operand operand = context.operand(item, span);
        if (!operand.type().isScalar() || operand.type().dtype().isFloating()) {
            throw context.error(span, MessageKey.BAD_TILE_BOUND, item.describe());
        }
        return operand;
    }

    private static List<Item> list(Item item) {
        return item instanceof Item.Sequence sequence ? sequence.items() : List.of(item);
    }

    private static String targetName(Expr target, int axis) {
        if (target instanceof Expr.TupleDisplay tuple && axis < tuple.elements().size()) {
            return targetName(tuple.elements().get(axis), 0);
        }
        return target instanceof Expr.Name name ? name.id() : "tile";
    }
}
