package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Works out which block of a host tensor a subscript names. */
final class Subscripts {

    /** An index for each axis of the tensor, and the shape of the block. */
    record Access(List<Index> indices, List<Dim> shape) {}

    private static final Literal ZERO = new Literal(0L, DType.INT64);

    private final Context context;
    private final DeviceOps ops;
    private final Slices slices;

    Subscripts(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.slices = new Slices(context, ops);
    }

    /** Resolves a subscript; {@code loads} tells that an axis of one element may be read by a whole tile. */
    Access resolve(HostTensor tensor, List<Item> subscript, boolean loads, Span span) {
        List<Item> items = complete(tensor, subscript, span);
        GatherShape gathers = new GatherShape(items, span);
        List<Index> indices = new ArrayList<>();
        List<Dim> shape = new ArrayList<>();
        for (Item item : items) {
            int axis = indices.size();
            if (Context.isNone(item)) {
                shape.add(Dim.ONE);
            } else if (item instanceof Item.Tile tile) {
                indices.add(ofTile(tensor.shape().get(axis), tile, shape.size(), loads, span));
                shape.add(new Dim.Block(tile.axis().block()));
            } else if (item instanceof Item.Slice slice) {
                Index.Range range = slices.range(tensor, axis, slice, shape.size(), span);
                indices.add(range);
                shape.add(range.length());
            } else if (item instanceof Item.Device device
                    && device.operand().type().rank() > 0) {
                indices.add(gathers.index(integers((Value) device.operand(), span), shape));
            } else {
                indices.add(new Index.At(position(tensor, axis, item, span)));
            }
        }
        return new Access(indices, shape);
    }

    /** An axis of one element is the same for every position of a tile, as in broadcasting. */
    private Index ofTile(Size extent, Item.Tile tile, int axis, boolean loads, Span span) {
        boolean unshifted = tile.shift() instanceof Literal shift && shift.asDouble() == 0;
        OptionalLong length = tile.axis().constantLength();
        boolean broadcasts = extent.equals(Size.ONE) && unshifted;
        if (broadcasts && loads) {
            return new Index.At(ZERO);
        }
        if (broadcasts && length.orElse(2) > 1) {
            List<Dim> shape = List.of(new Dim.Block(tile.axis().block()));
            return new Index.Gather(ops.full(shape, ZERO, DType.INT32, span), List.of(axis));
        }
        return new Index.OfTile(tile.axis().block(), tile.shift(), axis);
    }

    /** Where the axes of integer tensors go in the block. */
    private final class GatherShape {

        private final boolean together;
        private final boolean apart;
        private List<Dim> shared = List.of();
        private int sharedAxis = -1;

        GatherShape(List<Item> items, Span span) {
            List<Value> gathers = new ArrayList<>();
            List<Integer> positions = new ArrayList<>();
            boolean wide = false;
            for (int i = 0; i < items.size(); i++) {
                if (items.get(i) instanceof Item.Device device
                        && device.operand().type().rank() > 0) {
                    gathers.add((Value) device.operand());
                    positions.add(i);
                    wide |= device.operand().type().rank() > 1;
                }
            }
            boolean adjacent = positions.isEmpty()
                    || positions.get(positions.size() - 1) - positions.get(0) == positions.size() - 1;
            // One-dimensional tensors span a grid; others broadcast, where they stand side by side.
            together = wide && adjacent && gathers.size() > 1;
            apart = wide && !adjacent;
            for (Value gather : together ? gathers : List.<Value>of()) {
                shared = ops.broadcast(shared, gather.type().shape(), "index", span);
            }
            if (apart) {
                refuseOverlap(gathers, span);
            }
        }

        /** Tensors with other axes between them keep what is not one; torch would move shared axes to the front. */
        private void refuseOverlap(List<Value> gathers, Span span) {
            List<Dim> seen = new ArrayList<>();
            for (Value gather : gathers) {
                for (Dim dim : gather.type().shape()) {
                    if (!dim.equals(Dim.ONE) && seen.contains(dim)) {
                        throw context.error(span, MessageKey.SEPARATED_INDICES, ops.describe(List.of(dim)));
                    }
                    seen.add(dim);
                }
            }
        }

        Index index(Value positions, List<Dim> shape) {
            List<Dim> own = positions.type().shape();
            if (together) {
                if (sharedAxis < 0) {
                    sharedAxis = shape.size();
                    shape.addAll(shared);
                }
                return new Index.Gather(positions, axes(sharedAxis + shared.size() - own.size(), own.size()));
            }
            Value kept = positions;
            if (apart && own.contains(Dim.ONE)) {
                own = own.stream().filter(dim -> !dim.equals(Dim.ONE)).toList();
                kept = ops.reshape(positions, own, new Span(0, 0));
            }
            List<Integer> axes = axes(shape.size(), own.size());
            shape.addAll(own);
            return new Index.Gather(kept, axes);
        }

        private List<Integer> axes(int first, int count) {
            List<Integer> axes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                axes.add(first + i);
            }
            return axes;
        }
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
            } else if (item instanceof Item.Host host && host.tensor().rank() == 0) {
                result.add(new Item.Device(context.operand(item, span)));
            } else {
                result.add(item);
            }
        }
        for (long i = given; !expanded && i < tensor.rank(); i++) {
            result.add(all);
        }
        return result;
    }

    private Operand position(HostTensor tensor, int axis, Item item, Span span) {
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            Size extent = tensor.shape().get(axis);
            if (extent.constant().isEmpty()) {
                Size position = number < 0 ? Size.of(Size.Operation.ADD, extent, Size.of(number)) : Size.of(number);
                return context.operand(Attributes.item(position), span);
            }
            long size = extent.constant().getAsLong();
            if (number < -size || number >= size) {
                throw context.error(span, MessageKey.INDEX_OUT_OF_RANGE, number, axis, tensor.name(), size);
            }
            return new Literal(number < 0 ? number + size : number, DType.INT64);
        }
        if (item instanceof Item.Sequence sequence && sequence.items().stream().anyMatch(Item.Tile.class::isInstance)) {
            throw context.error(span, MessageKey.TILE_IN_LIST);
        }
        if (item instanceof Item.Known || item instanceof Item.Sequence) {
            throw context.error(span, MessageKey.BAD_INDEX, item.describe());
        }
        Operand position = integer(context.operand(item, span), span);
        boolean narrow = position.type().dtype().bytes() < DType.INT32.bytes();
        return narrow ? ops.cast(position, DType.INT32, span) : position;
    }

    private Value integers(Value positions, Span span) {
        integer(positions, span);
        // Strides may be more than narrow types hold.
        boolean narrow = positions.type().dtype().bytes() < DType.INT32.bytes();
        return narrow ? (Value) ops.cast(positions, DType.INT32, span) : positions;
    }

    private Operand integer(Operand operand, Span span) {
        DType dtype = operand.type().dtype();
        if (dtype == DType.BOOL && operand.type().rank() > 0) {
            throw context.error(span, MessageKey.BOOL_INDEX);
        }
        if (dtype.category() != DType.Category.INTEGER) {
            throw context.error(span, MessageKey.BAD_INDEX, "a value of type " + dtype.torchName());
        }
        return operand;
    }

    private static boolean isEllipsis(Item item) {
        return item instanceof Item.Known known && known.value() == Expr.Special.ELLIPSIS;
    }
}
