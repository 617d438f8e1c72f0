package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.ops.PointwiseTable;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Emits operations with torch's type rules. */
final class DeviceOps {

    private static final long MAX_UNROLLED_POWER = 8;

    private final Context context;

    DeviceOps(Context context) {
        this.context = context;
    }

    /** An elementwise operation by torch's name; operands are promoted and broadcast as in torch. */
    Operand pointwise(String name, List<Operand> operands, Span span) {
        if (name.equals("add") && operands.size() == 2) {
            Optional<Operand> fused = new Products(context, this).fusedSum(operands, span);
            if (fused.isPresent()) {
                return fused.get();
            }
        }
        if (name.equals("pow") && operands.size() == 2 && operands.get(1) instanceof Literal exponent) {
            long number = (long) exponent.asDouble();
            boolean small = number == exponent.asDouble() && Math.abs(number) <= MAX_UNROLLED_POWER;
            boolean floating = Promotion.common(operands).isFloating();
            if (small && number > 0 && (floating || exponent.number() instanceof Long)) {
                return product(cast(operands.get(0), Promotion.common(operands), span), number, span);
            }
        }
        return pointwise(PointwiseTable.get(name), operands, span);
    }

    /** A small whole power, exactly as far as products are. */
    private Operand product(Operand base, long exponent, Span span) {
        if (exponent == 1) {
            return base;
        }
        Operand half = product(base, exponent / 2, span);
        Operand square = pointwise("mul", List.of(half, half), span);
        return exponent % 2 == 0 ? square : pointwise("mul", List.of(square, base), span);
    }

    Operand pointwise(PointwiseOp op, List<Operand> operands, Span span) {
        if (operands.size() != op.arity()) {
            throw context.error(span, MessageKey.WRONG_ARGUMENT_COUNT, op.name(), op.arity(), operands.size());
        }
        List<Dim> shape = List.of();
        for (Operand operand : operands) {
            shape = broadcast(shape, operand.type().shape(), op.name(), span);
        }
        boolean select = op.typing() == PointwiseOp.Typing.SELECT;
        DType common = Promotion.common(select ? operands.subList(1, operands.size()) : operands);
        DType compute = switch (op.typing()) {
            case FLOATING -> common.isFloating() ? common : DType.FLOAT32;
            case LOGICAL -> DType.BOOL;
            case ARITHMETIC, COMPARISON, BITWISE, SELECT -> common;
        };
        if (op.typing() == PointwiseOp.Typing.BITWISE && compute.isFloating()) {
            throw context.error(span, MessageKey.BITWISE_ON_FLOAT, op.name(), compute.torchName());
        }
        List<Operand> cast = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            cast.add(cast(operands.get(i), select && i == 0 ? DType.BOOL : compute, span));
        }
        boolean truth = op.typing() == PointwiseOp.Typing.COMPARISON || op.typing() == PointwiseOp.Typing.LOGICAL;
        Value result = context.builder.value(new TensorType(truth ? DType.BOOL : compute, shape), op.name());
        context.builder.emit(new Op.Pointwise(result, op, cast, span));
        return result;
    }

    /** The operand in another dtype; nothing is emitted where it has that dtype, or is a constant. */
    Operand cast(Operand operand, DType dtype, Span span) {
        if (operand.type().dtype() == dtype) {
            return operand;
        }
        if (operand instanceof Literal literal) {
            return literal(literal, dtype);
        }
        if (operand instanceof Operand.Sized sized) {
            return new Operand.Sized(sized.size(), dtype);
        }
        Value result = context.builder.value(operand.type().withDType(dtype), hint(operand));
        context.builder.emit(new Op.Cast(result, operand, span));
        return result;
    }

    private static Literal literal(Literal literal, DType dtype) {
        double number = literal.asDouble();
        if (dtype == DType.BOOL) {
            return new Literal(number != 0, dtype);
        }
        if (dtype.isFloating()) {
            return new Literal(number, dtype);
        }
        return literal.number() instanceof Long
                ? new Literal(literal.number(), dtype)
                : new Literal((long) number, dtype);
    }

    /** Reduces one axis; halves are added up in float32 whatever the configuration. */
    Operand reduce(ReduceOp op, Value operand, int axis, boolean keepDim, Span span) {
        DType given = operand.type().dtype();
        boolean adds = op == ReduceOp.SUM || op == ReduceOp.PROD;
        DType result = adds && !given.isFloating() ? DType.INT64 : given;
        DType compute = adds && (given.isHalf() || given.isFloat8()) ? DType.FLOAT32 : result;
        if (!adds && (given.isHalf() || given == DType.BOOL)) {
            compute = given == DType.BOOL ? DType.INT32 : DType.FLOAT32;
        }
        Value wide = (Value) cast(operand, compute, span);
        List<Dim> shape = new ArrayList<>(operand.type().shape());
        shape.remove(axis);
        Value reduced =
                context.builder.value(new TensorType(compute, shape), op.name().toLowerCase(java.util.Locale.ROOT));
        context.builder.emit(new Op.Reduce(reduced, op, wide, axis, span));
        Operand cast = cast(reduced, result, span);
        return keepDim ? unsqueeze((Value) cast, axis, span) : cast;
    }

    /** A new axis of one element in front of {@code axis}. */
    Value unsqueeze(Value operand, int axis, Span span) {
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < operand.type().rank(); i++) {
            axes.add(i);
        }
        axes.add(axis, -1);
        return expandDims(operand, axes, span);
    }

    /** See {@link Op.ExpandDims}. */
    Value expandDims(Value operand, List<Integer> axes, Span span) {
        List<Dim> shape = axes.stream()
                .map(axis -> axis < 0 ? Dim.ONE : operand.type().shape().get(axis))
                .toList();
        Value result = context.builder.value(new TensorType(operand.type().dtype(), shape), operand.hint());
        context.builder.emit(new Op.ExpandDims(result, operand, axes, span));
        return result;
    }

    /** {@code x[:, None]}: new axes, and nothing else. */
    Value subscript(Value tensor, List<Item> subscript, Span span) {
        List<Integer> axes = new ArrayList<>();
        long given = subscript.stream().filter(item -> isWhole(item)).count();
        int next = 0;
        for (Item item : subscript) {
            if (Context.isNone(item)) {
                axes.add(-1);
            } else if (item instanceof Item.Known known && known.value() == Expr.Special.ELLIPSIS) {
                for (long left = tensor.type().rank() - given; left > 0; left--) {
                    axes.add(next++);
                }
            } else if (isWhole(item) && next < tensor.type().rank()) {
                axes.add(next++);
            } else {
                throw context.error(span, MessageKey.DEVICE_SUBSCRIPT, item.describe());
            }
        }
        while (next < tensor.type().rank()) {
            axes.add(next++);
        }
        return expandDims(tensor, axes, span);
    }

    private static boolean isWhole(Item item) {
        return item instanceof Item.Slice slice
                && slice.lower().isEmpty()
                && slice.upper().isEmpty()
                && slice.step().isEmpty();
    }

    /** See {@link Op.Permute}. */
    Value permute(Value operand, List<Integer> order, Span span) {
        List<Dim> shape =
                order.stream().map(axis -> operand.type().shape().get(axis)).toList();
        Value result = context.builder.value(new TensorType(operand.type().dtype(), shape), operand.hint());
        context.builder.emit(new Op.Permute(result, operand, order, span));
        return result;
    }

    /** The operand repeated to a shape it broadcasts to. */
    Operand broadcastTo(Operand operand, List<Dim> shape, Span span) {
        if (operand.type().shape().equals(shape)) {
            return operand;
        }
        if (!broadcastsTo(operand.type().shape(), shape)) {
            throw context.error(
                    span,
                    MessageKey.SHAPE_MISMATCH,
                    "broadcast",
                    describe(operand.type().shape()),
                    describe(shape));
        }
        Value result = context.builder.value(operand.type().withShape(shape), hint(operand));
        context.builder.emit(
                operand.type().isScalar()
                        ? new Op.Full(result, operand, span)
                        : new Op.Broadcast(result, operand, span));
        return result;
    }

    /** A tensor of one value. */
    Value full(List<Dim> shape, Operand fill, DType dtype, Span span) {
        Value result = context.builder.value(new TensorType(dtype, shape), "full");
        context.builder.emit(new Op.Full(result, cast(fill, dtype, span), span));
        return result;
    }

    /** The same elements under another shape. */
    Value reshape(Value operand, List<Dim> shape, Span span) {
        Value result = context.builder.value(operand.type().withShape(shape), operand.hint());
        context.builder.emit(new Op.Reshape(result, operand, span));
        return result;
    }

    /** See {@link Products#dot}. */
    Operand dot(Value left, Value right, Optional<Operand> accumulator, Optional<DType> outDType, Span span) {
        return new Products(context, this).dot(left, right, accumulator, outDType, span);
    }

    /** torch's broadcasting of two shapes. */
    List<Dim> broadcast(List<Dim> a, List<Dim> b, String what, Span span) {
        int rank = Math.max(a.size(), b.size());
        List<Dim> result = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            Dim left = i < rank - a.size() ? Dim.ONE : a.get(i - rank + a.size());
            Dim right = i < rank - b.size() ? Dim.ONE : b.get(i - rank + b.size());
            result.add(new Dims(context.blocks)
                    .common(left, right)
                    .orElseThrow(() -> context.error(span, MessageKey.SHAPE_MISMATCH, what, describe(a), describe(b))));
        }
        return result;
    }

    /** Whether a shape can be repeated to another one. */
    boolean broadcastsTo(List<Dim> from, List<Dim> to) {
        int offset = to.size() - from.size();
        if (offset < 0) {
            return false;
        }
        Dims dims = new Dims(context.blocks);
        for (int i = 0; i < from.size(); i++) {
            Dim dim = from.get(i);
            Dim wanted = to.get(i + offset);
            boolean fits = dim.equals(Dim.ONE)
                    || !wanted.equals(Dim.ONE) && dims.common(dim, wanted).isPresent();
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** A shape for messages: tiles by their names, lengths by their numbers. */
    String describe(List<Dim> shape) {
        List<String> parts = shape.stream()
                .map(dim -> dim instanceof Dim.Block block
                        ? context.blocks.get(block.id()).name()
                        : dim.toString())
                .toList();
        return "[" + String.join(", ", parts) + "]";
    }

    private static String hint(Operand operand) {
        return operand instanceof Value value ? value.hint() : "constant";
    }
}
