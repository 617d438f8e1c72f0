package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Products of vectors, and of matrices with vectors, without the matrix unit; {@code diag} and {@code trace}. */
final class VectorCalls extends Family {

    private final Reducer reducer;
    private final Places places;

    VectorCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.reducer = new Reducer(context, ops);
        this.places = new Places(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("dot", call -> device(inner(call, 1, 1)));
        handlers.put("vdot", call -> device(inner(call, 1, 1)));
        handlers.put("mv", call -> device(inner(call, 2, 1)));
        handlers.put("inner", this::lastAxes);
        handlers.put("addmv", call -> added(call, true));
        handlers.put("addr", call -> added(call, false));
        handlers.put("outer", this::outer);
        handlers.put("ger", this::outer);
        handlers.put("linear", this::linear);
        handlers.put("einsum", new Contractions(context, ops)::einsum);
        handlers.put("trace", this::trace);
        handlers.put("diag", this::diagonal);
        handlers.put("diagonal", this::diagonal);
        handlers.put("eye", this::identity);
    }

    /** The sum of products along the last axes. */
    private Operand inner(CallArguments call, int leftRank, int rightRank) {
        Value left = call.tensor(0, "input");
        Value right = call.tensor(1, leftRank == 1 ? "tensor" : "vec");
        Span span = call.span();
        if (left.type().rank() != leftRank || right.type().rank() != rightRank) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, call.callee(), left.type(), right.type());
        }
        return sumOfProducts(left, right, leftRank - 1, span);
    }

    private Operand sumOfProducts(Operand left, Operand right, int axis, Span span) {
        DType dtype = Promotion.common(List.of(left, right));
        DType wide = dtype.isFloating() ? computeType(dtype) : dtype;
        Operand product = op("mul", span, ops.cast(left, wide, span), ops.cast(right, wide, span));
        return ops.cast(reducer.reduce(ReduceOp.SUM, product, axis, false, span), dtype, span);
    }

    /** {@code inner}: of vectors a number, of matrices the product with the second turned. */
    private Item lastAxes(CallArguments call) {
        Value left = call.tensor(0, "input");
        Value right = call.tensor(1, "other");
        Span span = call.span();
        DType dtype = Promotion.common(List.of(left, right));
        if (left.type().rank() == 1 && right.type().rank() == 1) {
            return device(sumOfProducts(left, right, 0, span));
        }
        if (left.type().rank() != 2 || right.type().rank() != 2) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, call.callee(), left.type(), right.type());
        }
        return device(
                ops.dot(left, ops.permute(right, List.of(1, 0), span), Optional.empty(), Optional.of(dtype), span));
    }

    /** A product of a matrix and a vector, or of two vectors, and a tensor. */
    private Item added(CallArguments call, boolean matrix) {
        Operand input = call.operand(0, "input");
        Value first = call.tensor(1, matrix ? "mat" : "vec1");
        Value second = call.tensor(2, matrix ? "vec" : "vec2");
        Optional<Operand> beta = call.keyword("beta").map(item -> context.operand(item, call.span()));
        Optional<Operand> alpha = call.keyword("alpha").map(item -> context.operand(item, call.span()));
        Span span = call.span();
        if (first.type().rank() != (matrix ? 2 : 1) || second.type().rank() != 1) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, call.callee(), first.type(), second.type());
        }
        Operand product =
                matrix ? sumOfProducts(first, second, 1, span) : op("mul", span, ops.unsqueeze(first, 1, span), second);
        Operand scaled = alpha.isPresent() ? op("mul", span, product, alpha.get()) : product;
        Operand start = beta.isPresent() ? op("mul", span, input, beta.get()) : input;
        return device(op("add", span, start, scaled));
    }

    private Item outer(CallArguments call) {
        Value left = call.tensor(0, "input");
        Value right = call.tensor(1, "vec2");
        if (left.type().rank() != 1 || right.type().rank() != 1) {
            throw context.error(call.span(), MessageKey.SHAPE_MISMATCH, call.callee(), left.type(), right.type());
        }
        return device(op("mul", call.span(), ops.unsqueeze(left, 1, call.span()), right));
    }

    private Item linear(CallArguments call) {
        Value input = call.tensor(0, "input");
        Value weight = call.tensor(1, "weight");
        Optional<Operand> bias = call.optionalOperand(2, "bias");
        Span span = call.span();
        DType dtype = Promotion.common(List.of(input, weight));
        Operand product;
        if (weight.type().rank() == 1) {
            product = sumOfProducts(input, weight, input.type().rank() - 1, span);
        } else if (input.type().rank() == 1) {
            product = sumOfProducts(weight, input, 1, span);
        } else {
            Value turned = ops.permute(weight, List.of(1, 0), span);
            if (input.type().rank() == 3) {
                turned = ops.unsqueeze(turned, 0, span);
            }
            return device(ops.dot(input, turned, bias, Optional.of(dtype), span));
        }
        return device(bias.isEmpty() ? product : op("add", span, product, bias.get()));
    }

    private Operand onDiagonal(Dim rows, Dim columns, int offset, Span span) {
        Operand row = places.offsets(rows, 0, 2, span);
        Operand column = places.offsets(columns, 1, 2, span);
        return op("eq", span, op("sub", span, column, row), number((long) offset));
    }

    private Operand kept(Value matrix, Span span) {
        List<Dim> shape = matrix.type().shape();
        return op("where", span, onDiagonal(shape.get(0), shape.get(1), 0, span), matrix, number(0L));
    }

    private Item trace(CallArguments call) {
        Value matrix = call.tensor(0, "input");
        if (matrix.type().rank() != 2) {
            throw context.error(call.span(), MessageKey.NEEDS_MATRIX, call.callee());
        }
        return device(reducer.reduce(ReduceOp.SUM, kept(matrix, call.span()), List.of(0, 1), false, call.span()));
    }

    /** A matrix of a vector, or the main diagonal of a square matrix. */
    private Item diagonal(CallArguments call) {
        Value self = call.tensor(0, "input");
        Span span = call.span();
        long offset = call.optionalInt(1, "diagonal")
                .or(() -> call.optionalInt(1, "offset"))
                .orElse(0L);
        List<Dim> shape = self.type().shape();
        boolean square = shape.size() == 2 && shape.get(0).equals(shape.get(1));
        boolean vector = shape.size() == 1 && !call.callee().endsWith("diagonal");
        if (offset != 0 || !square && !vector) {
            throw context.error(span, MessageKey.NEEDS_MATRIX, call.callee());
        }
        if (vector) {
            Operand hit = onDiagonal(shape.get(0), shape.get(0), 0, span);
            return device(op("where", span, hit, ops.unsqueeze(self, 1, span), number(0L)));
        }
        Operand sum = reducer.reduce(ReduceOp.SUM, kept(self, span), 1, false, span);
        return device(ops.cast(sum, self.type().dtype(), span));
    }

    private Item identity(CallArguments call) {
        Span span = call.span();
        Extents extents = new Extents(context);
        Dim rows = extents.dim(call.required(0, "n"), span);
        Dim columns = call.optional(1, "m")
                .filter(item -> !Context.isNone(item))
                .map(item -> extents.dim(item, span))
                .orElse(rows);
        DType dtype = call.optionalDType("dtype").orElse(DType.FLOAT32);
        call.ignore("device", "requires_grad", "layout");
        return device(ops.cast(onDiagonal(rows, columns, 0, span), dtype, span));
    }
}
