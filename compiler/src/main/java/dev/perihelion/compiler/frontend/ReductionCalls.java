package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Sums, products, extremes and truth values of axes. */
final class ReductionCalls extends Family {

    private final Reducer reducer;
    private final PlaceCalls places;

    ReductionCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.reducer = new Reducer(context, ops);
        this.places = new PlaceCalls(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("sum", call -> reduction(call, ReduceOp.SUM));
        handlers.put("prod", call -> reduction(call, ReduceOp.PROD));
        handlers.put("amax", call -> reduction(call, ReduceOp.MAX));
        handlers.put("amin", call -> reduction(call, ReduceOp.MIN));
        handlers.put("max", call -> extreme(call, ReduceOp.MAX, "maximum"));
        handlers.put("min", call -> extreme(call, ReduceOp.MIN, "minimum"));
        handlers.put("aminmax", this::aminmax);
        handlers.put("nansum", this::nansum);
        handlers.put("nanmean", this::nanmean);
        handlers.put("equal", call -> alike(call, op("eq", call.span(), first(call), call.operand(1, "other"))));
        handlers.put("allclose", this::allClose);
        handlers.put("any", call -> truth(call, ReduceOp.MAX));
        handlers.put("all", call -> truth(call, ReduceOp.MIN));
        handlers.put("count_nonzero", this::countNonzero);
    }

    private Item reduction(CallArguments call, ReduceOp op) {
        Operand self = call.operand(0, "input");
        List<Integer> axes = reducer.axes(call, 1, self.type().rank());
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        Optional<DType> dtype = call.optionalDType("dtype");
        Operand operand = dtype.isPresent() ? ops.cast(self, dtype.get(), call.span()) : self;
        return device(reducer.reduce(op, operand, axes, keepDim, call.span()));
    }

    private Item extreme(CallArguments call, ReduceOp op, String pointwise) {
        Optional<Item> second = call.optional(1, "dim").or(() -> call.keyword("other"));
        if (second.isPresent() && second.get() instanceof Item.Device other) {
            return device(op(pointwise, call.span(), call.operand(0, "input"), other.operand()));
        }
        if (second.isPresent() && !Context.isNone(second.get())) {
            return places.extreme(call, op == ReduceOp.MAX);
        }
        return reduction(call, op);
    }

    private Item aminmax(CallArguments call) {
        Operand self = call.operand(0, "input");
        List<Integer> axes =
                reducer.axes(call, CallArguments.NAMED_ONLY, self.type().rank());
        boolean keepDim = call.optionalBool(CallArguments.NAMED_ONLY, "keepdim").orElse(false);
        return new Item.Sequence(
                List.of(
                        device(reducer.reduce(ReduceOp.MIN, self, axes, keepDim, call.span())),
                        device(reducer.reduce(ReduceOp.MAX, self, axes, keepDim, call.span()))),
                false);
    }

    private Item nansum(CallArguments call) {
        Operand self = call.operand(0, "input");
        Span span = call.span();
        List<Integer> axes = reducer.axes(call, 1, self.type().rank());
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        Operand numbers = op("where", span, op("isnan", span, self), number(0L), self);
        return device(reducer.reduce(ReduceOp.SUM, numbers, axes, keepDim, span));
    }

    private Item nanmean(CallArguments call) {
        Operand self = call.operand(0, "input");
        Span span = call.span();
        List<Integer> axes = reducer.axes(call, 1, self.type().rank());
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        DType dtype = self.type().dtype();
        Operand wide = ops.cast(self, computeType(dtype), span);
        Operand present = op("eq", span, wide, wide);
        Operand sum = reducer.reduce(ReduceOp.SUM, op("where", span, present, wide, number(0L)), axes, keepDim, span);
        Operand ones = ops.cast(present, computeType(dtype), span);
        Operand count = reducer.reduce(ReduceOp.SUM, ones, axes, keepDim, span);
        return device(ops.cast(op("div", span, sum, count), dtype, span));
    }

    private static Operand first(CallArguments call) {
        return call.operand(0, "input");
    }

    private Item alike(CallArguments call, Operand each) {
        List<Integer> axes = IntStream.range(0, each.type().rank()).boxed().toList();
        return device(reducer.reduce(ReduceOp.MIN, each, axes, false, call.span()));
    }

    private Item allClose(CallArguments call) {
        Operand relative = call.optionalOperand(2, "rtol").orElse(number(1e-5));
        Operand absolute = call.optionalOperand(3, "atol").orElse(number(1e-8));
        return alike(call, op("isclose", call.span(), first(call), call.operand(1, "other"), relative, absolute));
    }

    /** torch gives bools, and bytes for bytes. */
    private Item truth(CallArguments call, ReduceOp op) {
        Operand self = call.operand(0, "input");
        List<Integer> axes = reducer.axes(call, 1, self.type().rank());
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        DType result = self.type().dtype() == DType.UINT8 ? DType.UINT8 : DType.BOOL;
        Operand bools = ops.cast(self, DType.BOOL, call.span());
        return device(ops.cast(reducer.reduce(op, bools, axes, keepDim, call.span()), result, call.span()));
    }

    private Item countNonzero(CallArguments call) {
        Operand self = call.operand(0, "input");
        List<Integer> axes = reducer.axes(call, 1, self.type().rank());
        Operand bools = ops.cast(self, DType.BOOL, call.span());
        return device(reducer.reduce(ReduceOp.SUM, bools, axes, false, call.span()));
    }
}
