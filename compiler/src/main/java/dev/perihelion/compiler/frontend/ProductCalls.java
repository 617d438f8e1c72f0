package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Matrix products. */
final class ProductCalls extends Family {

    ProductCalls(Context context, DeviceOps ops) {
        super(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("matmul", this::matmul);
        handlers.put("mm", this::matmul);
        handlers.put("bmm", this::matmul);
        handlers.put("addmm", this::addmm);
        handlers.put("baddbmm", this::addmm);
    }

    private Item matmul(CallArguments call) {
        Value left = call.tensor(0, "input");
        Value right = call.tensor(1, "mat2");
        Optional<DType> out = call.optionalDType(2, "out_dtype");
        DType result =
                out.orElse(Promotion.common(left.type().dtype(), right.type().dtype()));
        return device(ops.dot(left, right, Optional.empty(), Optional.of(result), call.span()));
    }

    private Item addmm(CallArguments call) {
        Operand accumulator = call.operand(0, "input");
        Value left = call.tensor(1, "mat1");
        Value right = call.tensor(2, "mat2");
        Optional<Operand> beta = call.keyword("beta").map(item -> context.operand(item, call.span()));
        Optional<Operand> alpha = call.keyword("alpha").map(item -> context.operand(item, call.span()));
        call.optionalDType(3, "out_dtype");
        if (beta.isPresent()) {
            accumulator = ops.pointwise("mul", List.of(accumulator, beta.get()), call.span());
        }
        if (alpha.isPresent()) {
            Operand product = ops.dot(left, right, Optional.empty(), Optional.empty(), call.span());
            Operand scaled = ops.pointwise("mul", List.of(product, alpha.get()), call.span());
            Operand sum = ops.pointwise("add", List.of(accumulator, scaled), call.span());
            return device(ops.cast(sum, accumulator.type().dtype(), call.span()));
        }
        return device(ops.dot(left, right, Optional.of(accumulator), Optional.empty(), call.span()));
    }
}
