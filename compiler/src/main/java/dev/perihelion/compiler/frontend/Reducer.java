package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Emits reductions: of one axis after the other where there are several. */
final class Reducer {

    private final Context context;
    private final DeviceOps ops;

    Reducer(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    /** The axes that a call's {@code dim} names, in ascending order; all of them where it is None or left out. */
    List<Integer> axes(CallArguments call, int position, int rank) {
        Optional<Item> dim =
                call.optional(position, "dim").or(() -> call.keyword("axis")).filter(item -> !Context.isNone(item));
        TreeSet<Integer> axes = new TreeSet<>();
        if (dim.isPresent()
                && dim.get() instanceof Item.Sequence sequence
                && !sequence.items().isEmpty()) {
            for (Item item : sequence.items()) {
                if (!axes.add(call.axis(item, rank))) {
                    throw context.error(call.span(), MessageKey.AXIS_TWICE, call.callee(), item.describe());
                }
            }
        } else if (dim.isPresent() && !(dim.get() instanceof Item.Sequence)) {
            axes.add(call.axis(dim.get(), rank));
        } else {
            for (int i = 0; i < rank; i++) {
                axes.add(i);
            }
        }
        return List.copyOf(axes);
    }

    /**
     * Reduces axes with torch's result type. Halves are added up in float32, integers in int64, whatever the
     * configuration.
     *
     * @param axes in ascending order
     */
    Operand reduce(ReduceOp op, Operand operand, List<Integer> axes, boolean keepDim, Span span) {
        DType given = operand.type().dtype();
        boolean adds = op == ReduceOp.SUM || op == ReduceOp.PROD;
        DType result = adds && !given.isFloating() ? DType.INT64 : given;
        DType compute = result;
        if (given.isHalf() || given.isFloat8()) {
            compute = DType.FLOAT32;
        } else if (result == DType.BOOL) {
            compute = DType.INT32;
        }
        Operand reduced = ops.cast(operand, compute, span);
        for (int i = axes.size() - 1; i >= 0; i--) {
            reduced = reduceOne(op, (Value) reduced, axes.get(i), span);
        }
        return restore(ops.cast(reduced, result, span), axes, keepDim, span);
    }

    Operand reduce(ReduceOp op, Operand operand, int axis, boolean keepDim, Span span) {
        return reduce(op, operand, List.of(axis), keepDim, span);
    }

    private Value reduceOne(ReduceOp op, Value operand, int axis, Span span) {
        List<Dim> shape = new ArrayList<>(operand.type().shape());
        shape.remove(axis);
        Value reduced = context.builder.value(
                new TensorType(operand.type().dtype(), shape), op.name().toLowerCase(Locale.ROOT));
        context.builder.emit(new AxisOp.Reduce(reduced, op, operand, axis, span));
        return reduced;
    }

    /** With axes of one element where reduced ones were, if they are to be kept. */
    Operand restore(Operand reduced, List<Integer> axes, boolean keepDim, Span span) {
        if (!keepDim) {
            return reduced;
        }
        Operand result = reduced;
        for (int axis : axes) {
            result = result instanceof Value value && value.type().rank() > 0
                    ? ops.unsqueeze(value, axis, span)
                    : ops.broadcastTo(result, List.of(Dim.ONE), span);
        }
        return result;
    }

    /** How many elements these axes have together, the padding not counted, in float32. */
    Operand count(Operand operand, List<Integer> axes, Span span) {
        Operand product = Family.number(1.0);
        for (int axis : axes) {
            Operand length = length(operand.type().shape().get(axis), DType.FLOAT32, span);
            product = axes.size() == 1 ? length : ops.pointwise("mul", List.of(product, length), span);
        }
        return product;
    }

    /** How many elements an axis has, the padding not counted. */
    Operand length(Dim dim, DType dtype, Span span) {
        if (!(dim instanceof Dim.Block block) || !context.isTile(block.id())) {
            return ops.cast(context.operand(Attributes.item(dim), span), dtype, span);
        }
        Value begin = context.builder.value(TensorType.scalar(DType.INT32), "begin");
        Value end = context.builder.value(TensorType.scalar(DType.INT32), "end");
        context.builder.emit(new CreationOp.TileScalar(begin, block.id(), CreationOp.TileProperty.BEGIN, span));
        context.builder.emit(new CreationOp.TileScalar(end, block.id(), CreationOp.TileProperty.END, span));
        return ops.cast(ops.pointwise("sub", List.of(end, begin), span), dtype, span);
    }
}
