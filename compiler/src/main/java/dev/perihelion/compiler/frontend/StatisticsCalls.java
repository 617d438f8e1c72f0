package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Means, variances, norms and softmax, made of reductions; halves are computed in float32 and rounded once. */
final class StatisticsCalls extends Family {

    private final Reducer reducer;

    StatisticsCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.reducer = new Reducer(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("mean", this::mean);
        handlers.put("var", call -> spread(call, false, false));
        handlers.put("std", call -> spread(call, true, false));
        handlers.put("var_mean", call -> spread(call, false, true));
        handlers.put("std_mean", call -> spread(call, true, true));
        handlers.put("norm", this::norm);
        handlers.put("vector_norm", this::norm);
        handlers.put("dist", this::distance);
        handlers.put("logsumexp", this::logsumexp);
        handlers.put("softmax", call -> softmax(call, false));
        handlers.put("softmin", call -> softmax(call, true));
        handlers.put("log_softmax", this::logSoftmax);
        handlers.put("normalize", this::normalize);
    }

    private Item mean(CallArguments call) {
        Operand self = call.operand(0, "input");
        List<Integer> axes = reducer.axes(call, 1, self.type().rank());
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        DType result = call.optionalDType("dtype").orElse(self.type().dtype());
        if (!result.isFloating()) {
            throw context.error(call.span(), MessageKey.NEEDS_FLOATING, call.callee(), result.torchName());
        }
        Operand wide = ops.cast(ops.cast(self, result, call.span()), computeType(result), call.span());
        return device(ops.cast(mean(wide, axes, keepDim, call.span()), result, call.span()));
    }

    private Operand mean(Operand wide, List<Integer> axes, boolean keepDim, Span span) {
        Operand sum = reducer.reduce(ReduceOp.SUM, wide, axes, keepDim, span);
        return op("div", span, sum, reducer.count(wide, axes, span));
    }

    /** Variance or its root; with the mean behind it where asked for. */
    private Item spread(CallArguments call, boolean root, boolean withMean) {
        Operand self = call.operand(0, "input");
        Span span = call.span();
        // The second argument of var(x, True) is `unbiased`.
        boolean flagSecond = call.positional().size() > 1
                && call.positional().get(1) instanceof Item.Known known
                && known.value() instanceof Boolean;
        List<Integer> axes = reducer.axes(
                call, flagSecond ? CallArguments.NAMED_ONLY : 1, self.type().rank());
        boolean unbiased = call.optionalBool(flagSecond ? 1 : 2, "unbiased").orElse(true);
        boolean keepDim = call.optionalBool(3, "keepdim").orElse(false);
        Optional<Operand> given = call.keyword("correction")
                .filter(item -> !Context.isNone(item))
                .map(item -> context.operand(item, span));
        DType result = self.type().dtype();
        if (!result.isFloating()) {
            throw context.error(span, MessageKey.NEEDS_FLOATING, call.callee(), result.torchName());
        }
        Operand wide = ops.cast(self, computeType(result), span);
        Operand mean = mean(wide, axes, true, span);
        Operand square = op("square", span, op("sub", span, wide, mean));
        Operand sum = reducer.reduce(ReduceOp.SUM, square, axes, keepDim, span);
        Operand correction = given.orElse(number(unbiased ? 1.0 : 0.0));
        Operand freedom = freedom(reducer.count(wide, axes, span), correction, span);
        Operand variance = op("div", span, sum, freedom);
        Item spread = device(ops.cast(root ? op("sqrt", span, variance) : variance, result, span));
        if (!withMean) {
            return spread;
        }
        Operand shown = keepDim ? mean : mean(wide, axes, false, span);
        return new Item.Sequence(List.of(spread, device(ops.cast(shown, result, span))), false);
    }

    /** The divisor of a variance, which torch does not let fall below 0. */
    private Operand freedom(Operand count, Operand correction, Span span) {
        if (count instanceof Literal known && correction instanceof Literal less) {
            return number(Math.max(0, known.asDouble() - less.asDouble()));
        }
        return op("maximum", span, op("sub", span, count, correction), number(0.0));
    }

    /** {@code norm(x, p, dim, keepdim)} and {@code linalg.vector_norm(x, ord, dim, keepdim)}. */
    private Item norm(CallArguments call) {
        Operand self = call.operand(0, "input");
        Optional<Item> order = call.optional(1, "p").or(() -> call.keyword("ord"));
        List<Integer> axes = reducer.axes(call, 2, self.type().rank());
        boolean keepDim = call.optionalBool(3, "keepdim").orElse(false);
        DType result = call.optionalDType("dtype").orElse(self.type().dtype());
        Operand wide = ops.cast(self, computeType(result), call.span());
        return device(ops.cast(norm(wide, order(call, order), axes, keepDim, call.span()), result, call.span()));
    }

    private double order(CallArguments call, Optional<Item> order) {
        if (order.isEmpty() || Context.isNone(order.get()) || CallArguments.isConstant(order.get(), "fro")) {
            return 2;
        }
        if (order.get() instanceof Item.Known known && known.value() instanceof Number number) {
            return number.doubleValue();
        }
        throw context.error(
                call.span(),
                MessageKey.NEEDS_CONSTANT,
                call.callee(),
                "p",
                order.get().describe());
    }

    private Operand norm(Operand wide, double order, List<Integer> axes, boolean keepDim, Span span) {
        if (order == 2) {
            Operand squares = op("square", span, wide);
            return op("sqrt", span, reducer.reduce(ReduceOp.SUM, squares, axes, keepDim, span));
        }
        if (Double.isInfinite(order)) {
            ReduceOp extreme = order > 0 ? ReduceOp.MAX : ReduceOp.MIN;
            return reducer.reduce(extreme, op("abs", span, wide), axes, keepDim, span);
        }
        if (order == 0) {
            Operand present =
                    ops.cast(op("ne", span, wide, number(0.0)), wide.type().dtype(), span);
            return reducer.reduce(ReduceOp.SUM, present, axes, keepDim, span);
        }
        Operand size = op("abs", span, wide);
        Operand powers = order == 1 ? size : op("pow", span, size, number(order));
        Operand sum = reducer.reduce(ReduceOp.SUM, powers, axes, keepDim, span);
        return order == 1 ? sum : op("pow", span, sum, number(1 / order));
    }

    private Item distance(CallArguments call) {
        Operand gap = op("sub", call.span(), call.operand(0, "input"), call.operand(1, "other"));
        double order = order(call, call.optional(2, "p"));
        DType result = gap.type().dtype();
        Operand wide = ops.cast(gap, computeType(result), call.span());
        List<Integer> axes = IntStream.range(0, gap.type().rank()).boxed().toList();
        return device(ops.cast(norm(wide, order, axes, false, call.span()), result, call.span()));
    }

    private Item normalize(CallArguments call) {
        Operand self = call.operand(0, "input");
        Span span = call.span();
        double order = order(call, call.optional(1, "p"));
        Item dim = call.optional(2, "dim").orElse(new Item.Known(1L));
        List<Integer> axes = List.of(call.axis(dim, self.type().rank()));
        Operand least = call.optionalOperand(3, "eps").orElse(number(1e-12));
        DType result = self.type().dtype();
        Operand wide = ops.cast(self, computeType(result), span);
        Operand norm = op("maximum", span, norm(wide, order, axes, true, span), least);
        return device(ops.cast(op("div", span, wide, norm), result, span));
    }

    private Item logsumexp(CallArguments call) {
        Operand self = call.operand(0, "input");
        Span span = call.span();
        List<Integer> axes = reducer.axes(call, 1, self.type().rank());
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        DType given = self.type().dtype();
        Operand wide = ops.cast(self, computeType(given), span);
        Operand max = reducer.reduce(ReduceOp.MAX, wide, axes, true, span);
        // Where all are infinite the difference would be NaN.
        Operand base = op("where", span, op("isinf", span, max), number(0.0), max);
        Operand sum = reducer.reduce(ReduceOp.SUM, op("exp", span, op("sub", span, wide, base)), axes, true, span);
        Operand kept = op("add", span, op("log", span, sum), base);
        Operand result = keepDim ? kept : dropped(kept, axes, span);
        return device(ops.cast(result, given.isFloating() ? given : DType.FLOAT32, span));
    }

    /** Without axes of one element. */
    private Operand dropped(Operand operand, List<Integer> axes, Span span) {
        return reducer.reduce(ReduceOp.SUM, operand, axes, false, span);
    }

    /** The axis of softmax; without it torch takes the first of one or three axes, else the second. */
    private int softmaxAxis(CallArguments call, int rank) {
        Optional<Item> dim = call.optional(1, "dim").filter(item -> !Context.isNone(item));
        call.ignore("_stacklevel");
        return dim.map(item -> call.axis(item, rank)).orElse(rank == 1 || rank == 3 ? 0 : 1);
    }

    private Item softmax(CallArguments call, boolean negated) {
        Operand self = call.operand(0, "input");
        int axis = softmaxAxis(call, self.type().rank());
        Span span = call.span();
        Optional<DType> dtype = call.optionalDType(2, "dtype");
        DType result = dtype.orElse(self.type().dtype());
        Operand given = ops.cast(self, computeType(result), span);
        Operand wide = negated ? op("neg", span, given) : given;
        Operand max = reducer.reduce(ReduceOp.MAX, wide, axis, true, span);
        Operand exp = op("exp", span, op("sub", span, wide, max));
        Operand sum = reducer.reduce(ReduceOp.SUM, exp, axis, true, span);
        return device(ops.cast(op("div", span, exp, sum), result, span));
    }

    private Item logSoftmax(CallArguments call) {
        Operand self = call.operand(0, "input");
        int axis = softmaxAxis(call, self.type().rank());
        Span span = call.span();
        Optional<DType> dtype = call.optionalDType(2, "dtype");
        DType result = dtype.orElse(self.type().dtype());
        Operand wide = ops.cast(self, computeType(result), span);
        Operand max = reducer.reduce(ReduceOp.MAX, wide, axis, true, span);
        Operand shifted = op("sub", span, wide, max);
        Operand sum = reducer.reduce(ReduceOp.SUM, op("exp", span, shifted), axis, true, span);
        return device(ops.cast(op("sub", span, shifted, op("log", span, sum)), result, span));
    }
}
