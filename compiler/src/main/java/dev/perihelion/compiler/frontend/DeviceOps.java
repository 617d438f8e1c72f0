package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ShapeOp;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.ops.PointwiseTable;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Emits operations with torch's type rules. */
final class DeviceOps {

    private static final long MAX_UNROLLED_POWER = 8;

    /** What torch makes of arithmetic on bools only. */
    private static final Map<String, String> ON_BOOLS = Map.of(
            "add", "logical_or",
            "mul", "logical_and",
            "maximum", "logical_or",
            "minimum", "logical_and",
            "sign", "itself",
            "heaviside", "logical_or",
            "fmax", "logical_or",
            "fmin", "logical_and");

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
        if (operands.size() == 2 && operands.get(1) instanceof Literal second) {
            Optional<Operand> cheaper = switch (name) {
                case "pow" -> power(operands.get(0), second, span);
                case "floor_divide" -> counted("quotient_of_counts", operands, second, span);
                case "remainder" -> counted("rest_of_counts", operands, second, span);
                case "bitwise_left_shift" -> shift("shift_left_in_range", operands, second, span);
                case "bitwise_right_shift" -> shift("shift_right_in_range", operands, second, span);
                default -> Optional.empty();
            };
            if (cheaper.isPresent()) {
                return cheaper.get();
            }
        }
        if (name.equals("bitwise_not") && operands.size() == 1) {
            DType dtype = operands.get(0).type().dtype();
            if (dtype.isUnsigned() && dtype.bytes() < 8) {
                // Triton's interpreter has no complement of unsigned numbers.
                Literal ones = new Literal((1L << 8 * dtype.bytes()) - 1, dtype);
                return pointwise("bitwise_xor", List.of(operands.get(0), ones), span);
            }
        }
        if (name.equals("div") && !Promotion.common(operands).isFloating()) {
            return pointwise(PointwiseTable.variant("divide_exactly"), operands, span);
        }
        return pointwise(PointwiseTable.get(name), operands, span);
    }

    /** Powers that are products or roots. */
    private Optional<Operand> power(Operand base, Literal exponent, Span span) {
        List<Operand> both = List.of(base, exponent);
        DType common = Promotion.common(both);
        double number = exponent.asDouble();
        boolean whole = number == Math.rint(number);
        if (!common.isFloating()) {
            return whole && number > 0 && number <= MAX_UNROLLED_POWER
                    ? Optional.of(product(cast(base, common, span), (long) number, span))
                    : Optional.empty();
        }
        boolean simple =
                number == 0.5 || number == -0.5 || whole && number != 0 && Math.abs(number) <= MAX_UNROLLED_POWER;
        if (!simple) {
            return Optional.empty();
        }
        // A square is rounded once anyway; further products of halves are not.
        DType wide = common.isHalf() && number != 2 && number != 1 ? DType.FLOAT32 : common;
        Operand given = cast(base, wide, span);
        Operand result;
        if (whole) {
            Operand size = product(given, (long) Math.abs(number), span);
            result = number > 0 ? size : pointwise("reciprocal", List.of(size), span);
        } else {
            result = pointwise(number > 0 ? "sqrt" : "rsqrt", List.of(given), span);
        }
        return Optional.of(cast(result, common, span));
    }

    /** A small whole power, exactly as far as products are. */
    private Operand product(Operand base, long exponent, Span span) {
        if (exponent == 1) {
            return base;
        }
        Operand half = product(base, exponent / 2, span);
        Operand square =
                pointwise(exponent < 4 ? "square" : "mul", exponent < 4 ? List.of(half) : List.of(half, half), span);
        return exponent % 2 == 0 ? square : pointwise("mul", List.of(square, base), span);
    }

    private Optional<Operand> counted(String variant, List<Operand> operands, Literal divisor, Span span) {
        boolean plain = !Promotion.common(operands).isFloating()
                && divisor.asDouble() > 0
                && new Counts(context).isCount(operands.get(0));
        return plain ? Optional.of(pointwise(PointwiseTable.variant(variant), operands, span)) : Optional.empty();
    }

    private Optional<Operand> shift(String variant, List<Operand> operands, Literal by, Span span) {
        DType common = Promotion.common(operands);
        boolean inRange = by.asDouble() >= 0 && by.asDouble() < 8 * common.bytes() && !common.isFloating();
        return inRange ? Optional.of(pointwise(PointwiseTable.variant(variant), operands, span)) : Optional.empty();
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
        if (common == DType.FLOAT4_E2M1FN_X2) {
            throw context.error(span, MessageKey.PACKED_NUMBERS);
        }
        DType compute = computeType(op, common, span);
        if (compute == DType.BOOL && ON_BOOLS.containsKey(op.name())) {
            String instead = ON_BOOLS.get(op.name());
            return instead.equals("itself") ? operands.get(0) : pointwise(instead, operands, span);
        }
        if (op.typing() == PointwiseOp.Typing.ROUNDING && !compute.isFloating()) {
            return operands.get(0);
        }
        List<Operand> cast = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            cast.add(cast(operands.get(i), select && i == 0 ? DType.BOOL : compute, span));
        }
        Value result = context.builder.value(new TensorType(op.isPredicate() ? DType.BOOL : compute, shape), op.name());
        context.builder.emit(new ElementwiseOp.Pointwise(result, op, cast, span));
        // There is no arithmetic of 8-bit numbers: they are computed in float32 and rounded.
        return common.isFloat8() && !op.isPredicate() ? cast(result, common, span) : result;
    }

    private DType computeType(PointwiseOp op, DType common, Span span) {
        DType wide = common.isFloat8() ? DType.FLOAT32 : common;
        switch (op.typing()) {
            case FLOATING, TEST -> {
                return wide.isFloating() ? wide : DType.FLOAT32;
            }
            case LOGICAL -> {
                return DType.BOOL;
            }
            case COMPARISON -> {
                boolean ordered = !op.name().equals("eq") && !op.name().equals("ne");
                return wide == DType.BOOL && ordered ? DType.UINT8 : wide;
            }
            case BITWISE -> {
                if (wide.isFloating()) {
                    throw context.error(span, MessageKey.BITWISE_ON_FLOAT, op.name(), common.torchName());
                }
                return wide;
            }
            case ARITHMETIC, ROUNDING -> {
                if (wide == DType.BOOL && op.name().equals("square")) {
                    return DType.INT64;
                }
                if (wide == DType.BOOL && !ON_BOOLS.containsKey(op.name())) {
                    throw context.error(span, MessageKey.ARITHMETIC_ON_BOOLS, op.name());
                }
                return wide;
            }
            case SELECT -> {
                return common;
            }
        }
        throw new IllegalStateException("No such typing: " + op.typing() + ".");
    }

    /** The operand in another dtype; nothing is emitted where it has that dtype, or is a constant. */
    Operand cast(Operand operand, DType dtype, Span span) {
        if (operand.type().dtype() == dtype) {
            return operand;
        }
        if (operand.type().dtype() == DType.FLOAT4_E2M1FN_X2 || dtype == DType.FLOAT4_E2M1FN_X2) {
            throw context.error(span, MessageKey.PACKED_NUMBERS);
        }
        if (operand instanceof Literal literal) {
            return literal(literal, dtype);
        }
        if (operand instanceof Operand.Sized sized) {
            return new Operand.Sized(sized.size(), dtype);
        }
        Value result = context.builder.value(operand.type().withDType(dtype), hint(operand));
        context.builder.emit(new ElementwiseOp.Cast(result, operand, span));
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
        long whole = literal.number() instanceof Long given ? given : (long) number;
        return new Literal(wrapped(whole, dtype), dtype);
    }

    /** The number that the same bits mean in a narrower type, as torch has it. */
    private static long wrapped(long number, DType dtype) {
        int unused = 64 - 8 * dtype.bytes();
        return dtype.isUnsigned() ? number << unused >>> unused : number << unused >> unused;
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

    /** See {@link ShapeOp.ExpandDims}. */
    Value expandDims(Value operand, List<Integer> axes, Span span) {
        List<Dim> shape = axes.stream()
                .map(axis -> axis < 0 ? Dim.ONE : operand.type().shape().get(axis))
                .toList();
        Value result = context.builder.value(new TensorType(operand.type().dtype(), shape), operand.hint());
        context.builder.emit(new ShapeOp.ExpandDims(result, operand, axes, span));
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

    /** See {@link ShapeOp.Permute}. */
    Value permute(Value operand, List<Integer> order, Span span) {
        List<Dim> shape =
                order.stream().map(axis -> operand.type().shape().get(axis)).toList();
        Value result = context.builder.value(new TensorType(operand.type().dtype(), shape), operand.hint());
        context.builder.emit(new ShapeOp.Permute(result, operand, order, span));
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
                        ? new CreationOp.Full(result, operand, false, span)
                        : new ShapeOp.Broadcast(result, operand, span));
        return result;
    }

    /** A tensor of one value with the axes of another. */
    Value full(List<Dim> shape, Operand fill, DType dtype, Span span) {
        return full(shape, fill, dtype, false, span);
    }

    /** A tensor of one value with axes whose lengths the program says. */
    Value allocate(List<Dim> shape, Operand fill, DType dtype, Span span) {
        return full(shape, fill, dtype, true, span);
    }

    private Value full(List<Dim> shape, Operand fill, DType dtype, boolean allocates, Span span) {
        Value result = context.builder.value(new TensorType(dtype, shape), "full");
        context.builder.emit(new CreationOp.Full(result, cast(fill, dtype, span), allocates, span));
        return result;
    }

    /** The same elements under another shape. */
    Value reshape(Value operand, List<Dim> shape, Span span) {
        Value result = context.builder.value(operand.type().withShape(shape), operand.hint());
        context.builder.emit(new ShapeOp.Reshape(result, operand, span));
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
