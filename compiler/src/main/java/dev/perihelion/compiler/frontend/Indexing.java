package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and writes blocks of host tensors by subscript. */
final class Indexing {

    /** One subscript resolved: an index for each axis of the tensor, and the shape of the block. */
    private record Access(List<Index> indices, List<Dim> shape) {}

    private static final Literal ZERO = new Literal(0L, DType.INT64);

    private final Context context;
    private final DeviceOps ops;

    Indexing(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    /** The block that a subscript names, as a value. */
    Value load(HostTensor tensor, List<Item> subscript, Optional<Operand> mask, Optional<String> eviction, Span span) {
        Access access = resolve(tensor, subscript, true, span);
        Value result = context.builder.value(new TensorType(tensor.dtype(), access.shape()), tensor.name());
        context.builder.emit(new Op.Load(result, tensor, access.indices(), mask, eviction, span));
        return result;
    }

    /** Writes a value, which is cast and broadcast to the block. */
    void store(HostTensor tensor, List<Item> subscript, Operand value, Optional<Operand> mask, Span span) {
        Access access = resolve(tensor, subscript, false, span);
        List<Dim> given = value.type().shape();
        if (given.size() > access.shape().size()
                || !ops.broadcast(given, access.shape(), "store to `" + tensor.name() + "`", span)
                        .equals(access.shape())) {
            throw context.error(
                    span,
                    MessageKey.SHAPE_MISMATCH,
                    "store to `" + tensor.name() + "`",
                    ops.describe(given),
                    ops.describe(access.shape()));
        }
        Operand cast = ops.cast(value, tensor.dtype(), span);
        if (!cast.type().isScalar()) {
            cast = ops.broadcastTo(cast, access.shape(), span);
        }
        context.builder.emit(new Op.Store(tensor, access.indices(), access.shape(), cast, mask, span));
    }

    private Access resolve(HostTensor tensor, List<Item> subscript, boolean broadcasts, Span span) {
        List<Item> items = complete(tensor, subscript, span);
        List<Index> indices = new ArrayList<>();
        List<Dim> shape = new ArrayList<>();
        List<Value> gathers = items.stream()
                .filter(item -> item instanceof Item.Device device
                        && device.operand().type().rank() > 0)
                .map(item -> (Value) ((Item.Device) item).operand())
                .toList();
        boolean together = gathers.size() > 1
                && gathers.stream().anyMatch(value -> value.type().rank() > 1);
        List<Dim> shared = List.of();
        for (Value gather : together ? gathers : List.<Value>of()) {
            shared = ops.broadcast(shared, gather.type().shape(), "index", span);
        }
        int sharedAxis = -1;
        for (Item item : items) {
            int axis = indices.size();
            if (Context.isNone(item)) {
                shape.add(Dim.ONE);
            } else if (item instanceof Item.Tile tile) {
                indices.add(
                        broadcasts && tensor.shape().get(axis).equals(Size.ONE) && isZero(tile.shift())
                                ? new Index.At(ZERO)
                                : new Index.OfTile(tile.axis().block(), tile.shift(), shape.size()));
                shape.add(new Dim.Block(tile.axis().block()));
            } else if (item instanceof Item.Slice slice) {
                Index.Range range = range(tensor, axis, slice, shape.size(), span);
                indices.add(range);
                shape.add(range.length());
            } else if (item instanceof Item.Device device
                    && device.operand().type().rank() > 0) {
                Value positions = integer((Value) device.operand(), span);
                if (together && sharedAxis < 0) {
                    sharedAxis = shape.size();
                    shape.addAll(shared);
                }
                int first =
                        together ? sharedAxis + shared.size() - positions.type().rank() : shape.size();
                List<Integer> axes = new ArrayList<>();
                for (int i = 0; i < positions.type().rank(); i++) {
                    axes.add(first + i);
                }
                indices.add(new Index.Gather(positions, axes));
                if (!together) {
                    shape.addAll(positions.type().shape());
                }
            } else {
                indices.add(new Index.At(position(tensor, axis, item, span)));
            }
        }
        return new Access(indices, shape);
    }

    /** Spells out the ellipsis and the axes left out at the end. */
    private List<Item> complete(HostTensor tensor, List<Item> subscript, Span span) {
        long given = subscript.stream()
                .filter(item -> !Context.isNone(item) && !isEllipsis(item))
                .count();
        if (given > tensor.rank()) {
            throw context.error(span, MessageKey.RANK_MISMATCH, tensor.name(), tensor.rank(), given);
        }
        Item all = new Item.Slice(Optional.empty(), Optional.empty(), Optional.empty());
        List<Item> result = new ArrayList<>();
        boolean expanded = false;
        for (Item item : subscript) {
            if (isEllipsis(item) && !expanded) {
                for (long i = given; i < tensor.rank(); i++) {
                    result.add(all);
                }
                expanded = true;
            } else {
                result.add(item);
            }
        }
        for (long i = given; !expanded && i < tensor.rank(); i++) {
            result.add(all);
        }
        return result;
    }

    private Index.Range range(HostTensor tensor, int axis, Item.Slice slice, int resultAxis, Span span) {
        Size whole = tensor.shape().get(axis);
        if (slice.lower().isEmpty() && slice.upper().isEmpty() && slice.step().isEmpty()) {
            return new Index.Range(ZERO, Dim.of(whole), 1, resultAxis);
        }
        long size = whole.constant().orElse(Long.MAX_VALUE);
        long step = slice.step().map(item -> knownInt(item, span)).orElse(1L);
        long lower = clamp(slice.lower().map(item -> knownInt(item, span)).orElse(0L), size);
        long upper = clamp(slice.upper().map(item -> knownInt(item, span)).orElse(size), size);
        if (step < 1) {
            throw context.error(span, MessageKey.BAD_INDEX, "a slice with step " + step);
        }
        long length = Math.max(0, (upper - lower + step - 1) / step);
        return new Index.Range(new Literal(lower, DType.INT64), new Dim.Static(length), step, resultAxis);
    }

    private Operand position(HostTensor tensor, int axis, Item item, Span span) {
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            long size = tensor.shape().get(axis).constant().orElse(Long.MAX_VALUE);
            if (number < -size || number >= size) {
                throw context.error(span, MessageKey.INDEX_OUT_OF_RANGE, number, axis, tensor.name(), size);
            }
            return new Literal(number < 0 ? number + size : number, DType.INT64);
        }
        if (item instanceof Item.Known || item instanceof Item.Sequence) {
            throw context.error(span, MessageKey.BAD_INDEX, item.describe());
        }
        Operand operand = context.operand(item, span);
        if (operand.type().dtype().category() != DType.Category.INTEGER) {
            throw context.error(
                    span,
                    MessageKey.BAD_INDEX,
                    "a value of type " + operand.type().dtype().torchName());
        }
        return operand;
    }

    private Value integer(Value positions, Span span) {
        if (positions.type().dtype().category() != DType.Category.INTEGER) {
            throw context.error(
                    span,
                    MessageKey.BAD_INDEX,
                    "a tensor of " + positions.type().dtype().torchName());
        }
        return positions;
    }

    private long knownInt(Item item, Span span) {
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            return number;
        }
        throw context.error(span, MessageKey.BAD_INDEX, "a slice bound that is " + item.describe());
    }

    private static long clamp(long bound, long size) {
        long counted = bound < 0 ? bound + size : bound;
        return Math.max(0, Math.min(size, counted));
    }

    private static boolean isZero(Operand operand) {
        return operand instanceof Literal literal && literal.number().equals(0L);
    }

    private static boolean isEllipsis(Item item) {
        return item instanceof Item.Known known && known.value() == Expr.Special.ELLIPSIS;
    }
}
