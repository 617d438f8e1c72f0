package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.PointwiseTable;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Elementwise functions with arguments that are no operands, or that are made of other ones. */
final class ArithmeticCalls extends Family {

    ArithmeticCalls(Context context, DeviceOps ops) {
        super(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("add", call -> scaled(call, "add", false));
        handlers.put("sub", call -> scaled(call, "sub", false));
        handlers.put("rsub", call -> scaled(call, "sub", true));
        handlers.put("div", this::divide);
        handlers.put("float_power", this::floatPower);
        handlers.put("clamp", this::clamp);
        handlers.put("clamp_min", this::clamp);
        handlers.put(
                "clamp_max",
                call -> device(op("minimum", call.span(), call.operand(0, "input"), call.operand(1, "max"))));
        handlers.put("masked_fill", this::maskedFill);
        handlers.put("nan_to_num", this::nanToNum);
        handlers.put("round", this::round);
        handlers.put("logit", this::logit);
        handlers.put("gelu", this::gelu);
        handlers.put("prelu", this::prelu);
        handlers.put(
                "isreal",
                call -> device(ops.full(
                        call.operand(0, "input").type().shape(),
                        new Literal(true, DType.BOOL),
                        DType.BOOL,
                        call.span())));
    }

    private Item scaled(CallArguments call, String name, boolean reversed) {
        Operand first = call.operand(0, "input");
        Operand second = call.operand(1, "other");
        Optional<Operand> alpha = call.keyword("alpha").map(item -> context.operand(item, call.span()));
        Operand minuend = reversed ? second : first;
        Operand other = reversed ? first : second;
        if (alpha.isPresent()) {
            other = op("mul", call.span(), other, alpha.get());
        }
        return device(op(name, call.span(), minuend, other));
    }

    private Item divide(CallArguments call) {
        List<Operand> operands = List.of(call.operand(0, "input"), call.operand(1, "other"));
        Optional<String> rounding = call.optionalString(2, "rounding_mode");
        Span span = call.span();
        if (rounding.isEmpty()) {
            return device(ops.pointwise("div", operands, span));
        }
        if (rounding.get().equals("floor")) {
            return device(ops.pointwise("floor_divide", operands, span));
        }
        if (!rounding.get().equals("trunc")) {
            throw context.error(
                    span, MessageKey.NEEDS_CONSTANT, call.callee(), "rounding_mode", "`" + rounding.get() + "`");
        }
        return device(
                Promotion.common(operands).isFloating()
                        ? op("trunc", span, ops.pointwise(PointwiseTable.variant("divide_exactly"), operands, span))
                        : ops.pointwise(PointwiseTable.variant("truncated_quotient"), operands, span));
    }

    private Item floatPower(CallArguments call) {
        Operand base = ops.cast(call.operand(0, "input"), DType.FLOAT64, call.span());
        Operand exponent = ops.cast(call.operand(1, "exponent"), DType.FLOAT64, call.span());
        return device(op("pow", call.span(), base, exponent));
    }

    private Item clamp(CallArguments call) {
        Operand result = call.operand(0, "input");
        Optional<Operand> min = call.optionalOperand(1, "min");
        Optional<Operand> max = call.optionalOperand(2, "max");
        if (min.isPresent()) {
            result = op("maximum", call.span(), result, min.get());
        }
        if (max.isPresent()) {
            result = op("minimum", call.span(), result, max.get());
        }
        return device(result);
    }

    private Item maskedFill(CallArguments call) {
        Operand self = call.operand(0, "input");
        Operand mask = call.operand(1, "mask");
        Operand value = ops.cast(call.operand(2, "value"), self.type().dtype(), call.span());
        return device(op("where", call.span(), mask, value, self));
    }

    private Item nanToNum(CallArguments call) {
        Operand self = call.operand(0, "input");
        Span span = call.span();
        Operand nan = call.optionalOperand(1, "nan").orElse(number(0.0));
        Optional<Operand> above = call.optionalOperand(2, "posinf");
        Optional<Operand> below = call.optionalOperand(3, "neginf");
        DType dtype = self.type().dtype();
        if (!dtype.isFloating()) {
            return device(self);
        }
        Operand result = op("where", span, op("isnan", span, self), nan, self);
        result = op("where", span, op("isposinf", span, self), above.orElse(number(dtype.largest())), result);
        return device(op("where", span, op("isneginf", span, self), below.orElse(number(-dtype.largest())), result));
    }

    private Item round(CallArguments call) {
        Operand self = call.operand(0, "input");
        long decimals = call.optionalInt(CallArguments.NAMED_ONLY, "decimals").orElse(0L);
        Span span = call.span();
        DType dtype = self.type().dtype();
        if (decimals == 0 || !dtype.isFloating()) {
            return device(op("round", span, self));
        }
        Operand wide = ops.cast(self, computeType(dtype), span);
        Operand scale = number(Math.pow(10, Math.abs(decimals)));
        Operand rounded = op("round", span, exact(decimals > 0 ? "mul" : "divide_exactly", wide, scale, span));
        return device(ops.cast(exact(decimals > 0 ? "divide_exactly" : "mul", rounded, scale, span), dtype, span));
    }

    private Operand exact(String name, Operand a, Operand b, Span span) {
        return name.equals("mul")
                ? op("mul", span, a, b)
                : ops.pointwise(PointwiseTable.variant(name), List.of(a, b), span);
    }

    private Item logit(CallArguments call) {
        Operand self = call.operand(0, "input");
        Optional<Operand> eps = call.optionalOperand(1, "eps");
        Span span = call.span();
        DType dtype = self.type().dtype();
        Operand x = ops.cast(self, computeType(dtype), span);
        if (eps.isPresent()) {
            Operand low = op("maximum", span, x, eps.get());
            Operand high = eps.get() instanceof Literal known
                    ? number(1 - known.asDouble())
                    : op("sub", span, number(1.0), eps.get());
            x = op("minimum", span, low, high);
        }
        return device(ops.cast(op("logit", span, x), dtype.isFloating() ? dtype : DType.FLOAT32, span));
    }

    private Item gelu(CallArguments call) {
        Operand self = call.operand(0, "input");
        boolean tanh = call.optionalString(1, "approximate").orElse("none").equals("tanh");
        return device(
                tanh
                        ? ops.pointwise(PointwiseTable.variant("gelu_tanh"), List.of(self), call.span())
                        : op("gelu", call.span(), self));
    }

    /** One slope, or one for each element of the second axis. */
    private Item prelu(CallArguments call) {
        Operand self = call.operand(0, "input");
        Operand weight = call.operand(1, "weight");
        Span span = call.span();
        int rank = self.type().rank();
        boolean channels =
                rank > 2 && weight.type().rank() == 1 && !weight.type().shape().equals(List.of(Dim.ONE));
        if (channels) {
            List<Integer> axes = new ArrayList<>(List.of(0));
            for (int i = 2; i < rank; i++) {
                axes.add(-1);
            }
            weight = ops.expandDims((Value) weight, axes, span);
        }
        return device(op("where", span, op("gt", span, self, number(0L)), self, op("mul", span, weight, self)));
    }
}
