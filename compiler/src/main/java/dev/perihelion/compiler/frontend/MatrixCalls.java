package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Matrix products under {@code torch} and {@code hl}. */
final class MatrixCalls {

    private static final Set<String> SCALED_FORMATS = Set.of("e2m1", "e4m3", "e5m2", "bf16", "fp16");

    private final Context context;
    private final DeviceOps ops;

    MatrixCalls(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    void registerTorch(Map<String, Handler> handlers) {
        handlers.put("matmul", this::matmul);
        handlers.put("mm", this::matmul);
        handlers.put("bmm", this::matmul);
        handlers.put("addmm", this::addmm);
        handlers.put("baddbmm", this::addmm);
    }

    void registerLanguage(Map<String, Handler> handlers) {
        handlers.put("dot", this::dot);
        handlers.put("dot_scaled", this::dotScaled);
    }

    private Item dot(CallArguments call) {
        Value left = call.tensor(0, "mat1");
        Value right = call.tensor(1, "mat2");
        Optional<Operand> accumulator = call.optionalOperand(2, "acc");
        Optional<DType> out = call.optionalDType(3, "out_dtype");
        return device(ops.dot(left, right, accumulator, out, call.span()));
    }

    private Item matmul(CallArguments call) {
        Value left = call.tensor(0, "input");
        Value right = call.tensor(1, "mat2");
        Optional<DType> out = call.optionalDType(2, "out_dtype");
        DType result =
                out.orElse(Promotion.common(left.type().dtype(), right.type().dtype()));
        boolean integer = !result.isFloating();
        return device(ops.dot(left, right, Optional.empty(), Optional.of(integer ? DType.INT32 : result), call.span()));
    }

    private Item addmm(CallArguments call) {
        Operand accumulator = call.operand(0, "input");
        Value left = call.tensor(1, "mat1");
        Value right = call.tensor(2, "mat2");
        Optional<Operand> beta = call.keyword("beta").map(item -> context.operand(item, call.span()));
        Optional<Operand> alpha = call.keyword("alpha").map(item -> context.operand(item, call.span()));
        Optional<DType> out = call.optionalDType(3, "out_dtype");
        DType type = out.orElse(accumulator.type().dtype());
        if (alpha.filter(factor -> !isOne(factor)).isPresent()) {
            Operand product = ops.dot(left, right, Optional.empty(), Optional.empty(), call.span());
            Operand scaled = ops.pointwise("mul", List.of(product, alpha.get()), call.span());
            // torch does not read what is multiplied by 0.
            Operand sum = isZero(beta)
                    ? scaled
                    : ops.pointwise("add", List.of(scaled, scaledBy(accumulator, beta, call)), call.span());
            return device(ops.cast(sum, type, call.span()));
        }
        if (isZero(beta)) {
            return device(ops.dot(left, right, Optional.empty(), Optional.of(type), call.span()));
        }
        Operand start = scaledBy(accumulator, beta, call);
        return device(ops.dot(left, right, Optional.of(start), Optional.of(type), call.span()));
    }

    private Operand scaledBy(Operand accumulator, Optional<Operand> beta, CallArguments call) {
        DType given = accumulator.type().dtype();
        Operand wide = ops.cast(accumulator, given.isHalf() ? DType.FLOAT32 : given, call.span());
        return beta.filter(factor -> !isOne(factor)).isPresent()
                ? ops.pointwise("mul", List.of(wide, beta.get()), call.span())
                : wide;
    }

    private static boolean isOne(Operand factor) {
        return factor instanceof Literal literal && literal.asDouble() == 1;
    }

    private static boolean isZero(Optional<Operand> factor) {
        return factor.isPresent() && factor.get() instanceof Literal literal && literal.asDouble() == 0;
    }

    private Item dotScaled(CallArguments call) {
        Value left = call.tensor(0, "mat1");
        Value leftScale = call.tensor(1, "mat1_scale");
        String leftFormat = format(call, 2, "mat1_format");
        Value right = call.tensor(3, "mat2");
        Value rightScale = call.tensor(4, "mat2_scale");
        String rightFormat = format(call, 5, "mat2_format");
        Optional<Operand> accumulator = call.optionalOperand(6, "acc");
        Optional<DType> out = call.optionalDType(7, "out_dtype");
        if (left.type().rank() != 2 || right.type().rank() != 2) {
            throw context.error(call.span(), MessageKey.DOT_RANK, left.type(), right.type());
        }
        TensorType type = new TensorType(
                DType.FLOAT32,
                List.of(left.type().shape().get(0), right.type().shape().get(1)));
        Optional<Operand> start = accumulator.map(
                given -> ops.broadcastTo(ops.cast(given, DType.FLOAT32, call.span()), type.shape(), call.span()));
        Value product = context.builder.value(type, "dot");
        context.builder.emit(new ProductOp.DotScaled(
                product, left, leftScale, leftFormat, right, rightScale, rightFormat, start, call.span()));
        DType result = out.orElse(accumulator.map(given -> given.type().dtype()).orElse(DType.FLOAT32));
        return device(ops.cast(product, result, call.span()));
    }

    private String format(CallArguments call, int position, String name) {
        String format = call.optionalString(position, name)
                .orElseThrow(() -> context.error(call.span(), MessageKey.MISSING_ARGUMENT, call.callee(), name));
        if (!SCALED_FORMATS.contains(format)) {
            throw context.error(call.span(), MessageKey.SCALED_FORMAT, format);
        }
        return format;
    }

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
