package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Subscripts of whole tensors in host code: views by numbers and slices, and copies by one integer tensor. */
final class HostSlices {

    private final Context context;

    HostSlices(Context context) {
        this.context = context;
    }

    /** The tensor that {@code tensor[subscript]} is; empty where that is not followed. */
    Optional<Item> get(HostTensor tensor, List<Item> subscript) {
        long given = subscript.stream()
                .filter(item -> !Context.isNone(item) && !isEllipsis(item))
                .count();
        List<Size> shape = new ArrayList<>();
        List<Size> strides = new ArrayList<>();
        boolean gathers = false;
        int axis = 0;
        for (Item item : subscript) {
            if (Context.isNone(item)) {
                shape.add(Size.ONE);
                strides.add(Size.ZERO);
                continue;
            }
            if (isEllipsis(item)) {
                for (long i = given; i < tensor.rank(); i++, axis++) {
                    shape.add(tensor.shape().get(axis));
                    strides.add(tensor.strides().get(axis));
                }
                continue;
            }
            if (axis >= tensor.rank()) {
                return Optional.empty();
            }
            Size extent = tensor.shape().get(axis);
            Size stride = tensor.strides().get(axis);
            if (item instanceof Item.Slice slice) {
                Optional<Size[]> cut = cut(extent, stride, slice);
                if (cut.isEmpty()) {
                    return Optional.empty();
                }
                shape.add(cut.get()[0]);
                strides.add(cut.get()[1]);
            } else if (item instanceof Item.Host index && !gathers && isInteger(index.tensor())) {
                gathers = true;
                shape.addAll(index.tensor().shape());
                strides.addAll(index.tensor().strides());
            } else if (item instanceof Item.Host mask
                    && !gathers
                    && mask.tensor().dtype() == DType.BOOL
                    && mask.tensor().rank() > 0) {
                gathers = true;
                shape.add(context.unknown(BlockTable.UNKNOWN_LENGTH));
                strides.add(Size.ONE);
                axis += mask.tensor().rank() - 1;
            } else if (!isNumber(item)) {
                return Optional.empty();
            }
            axis++;
        }
        for (; axis < tensor.rank(); axis++) {
            shape.add(tensor.shape().get(axis));
            strides.add(tensor.strides().get(axis));
        }
        return Optional.of(
                gathers
                        ? HostShapes.made(tensor.dtype(), shape)
                        : HostShapes.sharing(HostShapes.made(tensor.dtype(), shape, strides), tensor));
    }

    /** Extent and stride of a sliced axis. */
    private Optional<Size[]> cut(Size extent, Size stride, Item.Slice slice) {
        if (slice.lower().isEmpty() && slice.upper().isEmpty() && slice.step().isEmpty()) {
            return Optional.of(new Size[] {extent, stride});
        }
        OptionalLong size = extent.constant();
        Optional<Long> lower = bound(slice.lower(), 0);
        Optional<Long> upper = bound(slice.upper(), size.orElse(0));
        Optional<Long> step = bound(slice.step(), 1);
        if (step.isEmpty() || step.get() < 1) {
            return Optional.empty();
        }
        if (size.isEmpty() || lower.isEmpty() || upper.isEmpty()) {
            return open(extent, stride, slice, step.get());
        }
        long from = clamp(lower.get(), size.getAsLong());
        long to = Math.max(from, clamp(upper.get(), size.getAsLong()));
        long length = Math.floorDiv(to - from + step.get() - 1, step.get());
        return Optional.of(new Size[] {Size.of(length), HostShapes.times(stride, Size.of(step.get()))});
    }

    /** A slice whose length host code finds out. */
    private Optional<Size[]> open(Size extent, Size stride, Item.Slice slice, long step) {
        boolean numbers =
                Stream.of(slice.lower(), slice.upper()).allMatch(bound -> bound.isEmpty() || isNumber(bound.get()));
        if (!numbers) {
            return Optional.empty();
        }
        OptionalLong lower = slice.lower().isEmpty() ? OptionalLong.of(0) : constant(slice.lower());
        OptionalLong upper = constant(slice.upper());
        Size length = context.unknown(extent.evaluate(leaf -> BlockTable.UNKNOWN_LENGTH));
        boolean fromFront = lower.isPresent() && lower.getAsLong() >= 0 && step == 1;
        if (fromFront && (slice.upper().isEmpty() || upper.isPresent() && upper.getAsLong() < 0)) {
            // All but some at the ends; where so many are not there, the module's check fails.
            Size less = Size.of(lower.getAsLong() - upper.orElse(0));
            length = Size.of(Size.Operation.SUBTRACT, extent, less);
        }
        return Optional.of(new Size[] {length, HostShapes.times(stride, Size.of(step))});
    }

    private static OptionalLong constant(Optional<Item> bound) {
        return bound.flatMap(Attributes::size).map(Size::constant).orElse(OptionalLong.empty());
    }

    private Optional<Long> bound(Optional<Item> item, long standard) {
        if (item.isEmpty()) {
            return Optional.of(standard);
        }
        OptionalLong value = context.size(item.get()).map(Size::constant).orElse(OptionalLong.empty());
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    private static long clamp(long bound, long size) {
        return Math.max(0, Math.min(size, bound < 0 ? bound + size : bound));
    }

    private static boolean isNumber(Item item) {
        return item instanceof Item.Sized
                || item instanceof Item.Runtime
                || item instanceof Item.Known known && known.value() instanceof Long;
    }

    private static boolean isInteger(HostTensor tensor) {
        return tensor.dtype().category() == DType.Category.INTEGER;
    }

    private static boolean isEllipsis(Item item) {
        return item instanceof Item.Known known && known.value() == Expr.Special.ELLIPSIS;
    }
}
