package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Emits matrix products: halves are multiplied with a float32 accumulator and rounded once. */
final class Products {

    private final Context context;
    private final DeviceOps ops;
    private final Dims dims;

    Products(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.dims = new Dims(context.blocks);
    }

    /**
     * A matrix product.
     *
     * @param accumulator added to the product before anything is rounded; the result has its dtype
     * @param outDType asked for explicitly
     */
    Operand dot(Value left, Value right, Optional<Operand> accumulator, Optional<DType> outDType, Span span) {
        List<Dim> shape = shape(left, right, span);
        DType common = operandType(left, right, span);
        boolean integer = !common.isFloating();
        DType wide = integer ? DType.INT32 : common == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        if (left.type().dtype() == DType.UINT8 || right.type().dtype() == DType.UINT8) {
            return unsigned(left, right, accumulator, outDType, span);
        }
        Value a = operand(left, shape, common, span);
        Value b = operand(right, shape, common, span);
        boolean adds = accumulator.isPresent()
                && (!integer || !accumulator.get().type().dtype().isFloating());
        Optional<Operand> start = Optional.empty();
        if (adds) {
            start = Optional.of(fitting(accumulator.get(), shape, wide, span));
        }
        Value product = context.builder.value(new TensorType(wide, shape), "dot");
        context.builder.emit(new ProductOp.Dot(product, a, b, start, context.settings.dotPrecision(), span));
        if (accumulator.isEmpty()) {
            return ops.cast(product, outDType.orElse(wide), span);
        }
        DType type = outDType.orElse(resultType(accumulator.get(), wide));
        Operand sum = adds ? product : ops.pointwise("add", List.of(accumulator.get(), product), span);
        return ops.cast(sum, type, span);
    }

    /** Hardware multiplies signed bytes: what 128 taken from an operand changes is added again. */
    private Operand unsigned(
            Value left, Value right, Optional<Operand> accumulator, Optional<DType> outDType, Span span) {
        int rank = left.type().rank();
        Value a = signed(left, span);
        Value b = signed(right, span);
        Operand product = dot(a, b, Optional.empty(), Optional.empty(), span);
        if (a != left) {
            product = ops.pointwise("add", List.of(product, sums(right, rank - 2, span)), span);
        }
        if (b != right) {
            product = ops.pointwise("add", List.of(product, sums(a, rank - 1, span)), span);
        }
        if (accumulator.isEmpty()) {
            return ops.cast(product, outDType.orElse(DType.INT32), span);
        }
        Operand sum = ops.pointwise("add", List.of(accumulator.get(), product), span);
        return ops.cast(sum, outDType.orElse(resultType(accumulator.get(), DType.INT32)), span);
    }

    private Value signed(Value bytes, Span span) {
        if (bytes.type().dtype() != DType.UINT8) {
            return bytes;
        }
        Literal half = new Literal(128L, DType.INT64);
        Value moved = (Value) ops.pointwise("bitwise_xor", List.of(bytes, half), span);
        Value result = context.builder.value(bytes.type().withDType(DType.INT8), bytes.hint());
        context.builder.emit(new ElementwiseOp.Bitcast(result, moved, span));
        return result;
    }

    /** 128 times the sums of an axis. */
    private Operand sums(Value bytes, int axis, Span span) {
        Operand wide = ops.cast(bytes, DType.INT32, span);
        Operand sum = new Reducer(context, ops).reduce(ReduceOp.SUM, wide, axis, true, span);
        Literal half = new Literal(128L, DType.INT64);
        return ops.cast(ops.pointwise("mul", List.of(sum, half), span), DType.INT32, span);
    }

    private static DType resultType(Operand accumulator, DType wide) {
        return accumulator.isNumber() ? wide : accumulator.type().dtype();
    }

    private Operand fitting(Operand accumulator, List<Dim> shape, DType dtype, Span span) {
        if (!ops.broadcastsTo(accumulator.type().shape(), shape)) {
            throw context.error(
                    span,
                    MessageKey.SHAPE_MISMATCH,
                    "the accumulator of a product",
                    ops.describe(accumulator.type().shape()),
                    ops.describe(shape));
        }
        Operand cast = ops.cast(accumulator, dtype, span);
        return cast.isNumber() ? ops.full(shape, cast, dtype, span) : ops.broadcastTo(cast, shape, span);
    }

    private List<Dim> shape(Value left, Value right, Span span) {
        List<Dim> a = left.type().shape();
        List<Dim> b = right.type().shape();
        int rank = a.size();
        if (a.size() != b.size() || rank < 2 || rank > 3) {
            throw context.error(span, MessageKey.DOT_RANK, left.type(), right.type());
        }
        Dim inner = a.get(rank - 1);
        Dim other = b.get(rank - 2);
        boolean fits = inner.equals(other)
                || !inner.equals(Dim.ONE)
                        && !other.equals(Dim.ONE)
                        && dims.common(inner, other).isPresent();
        if (!fits) {
            throw context.error(span, MessageKey.DOT_INNER_MISMATCH, left.type(), right.type());
        }
        List<Dim> shape = new ArrayList<>();
        if (rank == 3) {
            Optional<Dim> batch = dims.common(a.get(0), b.get(0));
            shape.add(batch.orElseThrow(
                    () -> context.error(span, MessageKey.DOT_BATCH_MISMATCH, left.type(), right.type())));
        }
        shape.add(a.get(rank - 2));
        shape.add(b.get(rank - 1));
        return shape;
    }

    /** The dtype both operands are multiplied in; the two kinds of float8 go together as they are. */
    private DType operandType(Value left, Value right, Span span) {
        DType a = left.type().dtype();
        DType b = right.type().dtype();
        DType common = a.isFloat8() && b.isFloat8() ? a : Promotion.common(a, b);
        boolean bytes = a.bytes() == 1 && b.bytes() == 1 && a != DType.BOOL && b != DType.BOOL && !common.isFloating();
        if (bytes) {
            return DType.INT8;
        }
        if (!common.isFloating()) {
            throw context.error(span, MessageKey.DOT_DTYPE, common.torchName());
        }
        return common;
    }

    private Value operand(Value value, List<Dim> shape, DType common, Span span) {
        boolean keeps = value.type().dtype().isFloat8() && common.isFloat8();
        Value cast = keeps ? value : (Value) ops.cast(value, common, span);
        List<Dim> own = cast.type().shape();
        if (own.size() == 3 && own.get(0).equals(Dim.ONE) && !shape.get(0).equals(Dim.ONE)) {
            List<Dim> wide = new ArrayList<>(own);
            wide.set(0, shape.get(0));
            return (Value) ops.broadcastTo(cast, wide, span);
        }
        return cast;
    }

    /** {@code acc + a @ b}, where the product was computed for this sum only: it is added before it is rounded. */
    Optional<Operand> fusedSum(List<Operand> operands, Span span) {
        for (int i = 0; i < 2; i++) {
            Operand other = operands.get(1 - i);
            if (operands.get(i) instanceof Value value
                    && !context.isNamed(value)
                    && context.builder.isLast(value)
                    && other instanceof Value
                    && other.type().dtype().isFloating()) {
                Optional<ProductOp.Dot> dot = dot(value);
                boolean fits = dot.isPresent()
                        && dot.get().accumulator().isEmpty()
                        && dot.get().result().type().dtype() == DType.FLOAT32
                        && other.type().dtype() != DType.FLOAT64
                        && ops.broadcastsTo(other.type().shape(), value.type().shape());
                if (fits) {
                    return Optional.of(fused(dot.get(), other, Promotion.common(operands), span));
                }
            }
        }
        return Optional.empty();
    }

    private Operand fused(ProductOp.Dot dot, Operand other, DType type, Span span) {
        List<Dim> shape = dot.result().type().shape();
        Value sum = context.builder.value(dot.result().type(), "dot");
        context.builder.emit(new ProductOp.Dot(
                sum,
                dot.left(),
                dot.right(),
                Optional.of(fitting(other, shape, DType.FLOAT32, span)),
                dot.precision(),
                span));
        return ops.cast(sum, type, span);
    }

    private Optional<ProductOp.Dot> dot(Value value) {
        Optional<Op> definition = context.builder.definition(value);
        if (definition.isPresent()
                && definition.get() instanceof ElementwiseOp.Cast cast
                && cast.operand() instanceof Value operand
                && value.type().dtype().isHalf()) {
            definition = context.builder.definition(operand);
        }
        return definition.filter(ProductOp.Dot.class::isInstance).map(ProductOp.Dot.class::cast);
    }
}
