package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Combiner;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Emits reductions and scans of tuples. Halves are combined in float32, bools as integers that the function sees as bools;
 * results have the operands' types.
 */
final class Combiners {

    /** Makes one tuple of scalars of two. */
    @FunctionalInterface
    interface Combination extends BiFunction<List<Operand>, List<Operand>, List<Operand>> {}

    private final Context context;
    private final DeviceOps ops;

    Combiners(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    /** Reduces one axis of tensors of one shape. */
    List<Operand> reduce(
            List<Value> values, List<Literal> fills, int axis, Combination combination, String callee, Span span) {
        List<Value> carried = carried(values, span);
        List<Literal> carriedFills = new ArrayList<>();
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            TensorType type = carried.get(i).type();
            carriedFills.add((Literal) ops.cast(fills.get(i), type.dtype(), span));
            List<Dim> shape = new ArrayList<>(type.shape());
            shape.remove(axis);
            results.add(context.builder.value(type.withShape(shape), "reduced"));
        }
        Combiner combiner = combiner(values, carried, combination, callee, span);
        context.builder.emit(new AxisOp.ReduceTuple(results, combiner, carried, carriedFills, axis, span));
        return restored(results, values, span);
    }

    /** Combines each element with all before it, or behind it. */
    List<Operand> scan(
            List<Value> values, int axis, boolean reverse, Combination combination, String callee, Span span) {
        List<Value> carried = carried(values, span);
        List<Value> results = carried.stream()
                .map(value -> context.builder.value(value.type(), "scanned"))
                .toList();
        Combiner combiner = combiner(values, carried, combination, callee, span);
        context.builder.emit(new AxisOp.Scan(results, combiner, carried, axis, reverse, span));
        return restored(results, values, span);
    }

    private static DType carrier(DType dtype) {
        if (dtype.isHalf() || dtype.isFloat8()) {
            return DType.FLOAT32;
        }
        return dtype == DType.BOOL ? DType.INT32 : dtype;
    }

    private List<Value> carried(List<Value> values, Span span) {
        return values.stream()
                .map(value -> (Value) ops.cast(value, carrier(value.type().dtype()), span))
                .toList();
    }

    private List<Operand> restored(List<Value> results, List<Value> values, Span span) {
        List<Operand> restored = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            restored.add(ops.cast(results.get(i), values.get(i).type().dtype(), span));
        }
        return restored;
    }

    private Combiner combiner(
            List<Value> values, List<Value> carried, Combination combination, String callee, Span span) {
        List<Value> left = arguments(carried, "left");
        List<Value> right = arguments(carried, "right");
        context.builder.open();
        List<Operand> yields = new ArrayList<>();
        List<Op> body;
        try {
            List<Operand> made = combination.apply(seen(left, values, span), seen(right, values, span));
            if (made.size() != values.size()
                    || !made.stream().allMatch(operand -> operand.type().isScalar())) {
                throw context.error(span, MessageKey.COMBINE_RESULT, callee, values.size());
            }
            for (int i = 0; i < made.size(); i++) {
                yields.add(ops.cast(made.get(i), carried.get(i).type().dtype(), span));
            }
        } finally {
            body = context.builder.close();
        }
        checkClosed(body, left, right, callee, span);
        return new Combiner(left, right, body, yields);
    }

    private List<Value> arguments(List<Value> carried, String hint) {
        return carried.stream()
                .map(value ->
                        context.builder.value(TensorType.scalar(value.type().dtype()), hint))
                .toList();
    }

    /** What the user's function sees: bools as bools. */
    private List<Operand> seen(List<Value> arguments, List<Value> values, Span span) {
        List<Operand> seen = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            boolean bool = values.get(i).type().dtype() == DType.BOOL;
            seen.add(bool ? ops.cast(arguments.get(i), DType.BOOL, span) : arguments.get(i));
        }
        return seen;
    }

    private void checkClosed(List<Op> body, List<Value> left, List<Value> right, String callee, Span span) {
        Set<Value> known = new HashSet<>(left);
        known.addAll(right);
        for (Op op : body) {
            boolean plain = op instanceof ElementwiseOp.Pointwise
                    || op instanceof ElementwiseOp.Cast
                    || op instanceof CreationOp.Full;
            if (!plain || !known.containsAll(Operands.read(op))) {
                throw context.error(span, MessageKey.COMBINE_FUNCTION, callee);
            }
            known.addAll(op.results());
        }
    }
}
