package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Running sums, products, extremes. */
final class ScanCalls extends Family {

    private final Combiners combiners;

    ScanCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.combiners = new Combiners(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("cumsum", call -> accumulated(call, "add"));
        handlers.put("cumprod", call -> accumulated(call, "mul"));
        handlers.put("logcumsumexp", call -> accumulated(call, "logaddexp"));
        handlers.put("cummax", call -> extremes(call, "ge"));
        handlers.put("cummin", call -> extremes(call, "le"));
    }

    /** {@code hl.cumsum} and {@code hl.cumprod} know {@code reverse}. */
    private Item accumulated(CallArguments call, String name) {
        Value self = call.tensor(0, "input");
        int axis = call.axis(
                call.optional(1, "dim").or(() -> call.keyword("axis")).orElseGet(() -> call.required(1, "dim")),
                self.type().rank());
        boolean reverse = call.optionalBool(2, "reverse").orElse(false);
        Optional<DType> dtype = call.optionalDType("dtype");
        DType given = self.type().dtype();
        boolean logarithm = name.equals("logaddexp");
        if (logarithm && !given.isFloating()) {
            throw context.error(call.span(), MessageKey.NEEDS_FLOATING, call.callee(), given.torchName());
        }
        DType result = dtype.orElse(given.isFloating() ? given : DType.INT64);
        Value operand = (Value) ops.cast(self, result, call.span());
        Span span = call.span();
        return device(combiners
                .scan(
                        List.of(operand),
                        axis,
                        reverse,
                        (left, right) -> List.of(op(name, span, left.get(0), right.get(0))),
                        call.callee(),
                        span)
                .get(0));
    }

    /** Values and their places; the last one of equal ones, and NaN from where it first occurs. */
    private Item extremes(CallArguments call, String comparison) {
        Value self = call.tensor(0, "input");
        int axis = call.axis(call.required(1, "dim"), self.type().rank());
        Span span = call.span();
        Value places = new Places(context, ops).along(self, axis, span);
        List<Operand> results = combiners.scan(
                List.of(self, places),
                axis,
                false,
                (left, right) -> {
                    Operand better = op(
                            "logical_and",
                            span,
                            op("logical_not", span, op("isnan", span, left.get(0))),
                            op(comparison, span, right.get(0), left.get(0)));
                    Operand take = op("logical_or", span, op("isnan", span, right.get(0)), better);
                    return List.of(
                            op("where", span, take, right.get(0), left.get(0)),
                            op("where", span, take, right.get(1), left.get(1)));
                },
                call.callee(),
                span);
        return new Item.Sequence(
                List.of(device(results.get(0)), device(ops.cast(results.get(1), DType.INT64, span))), false);
    }
}
