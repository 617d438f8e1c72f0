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
import java.util.stream.IntStream;

/** Layers and losses of torch.nn.functional, made of other operations; halves are computed in float32 and rounded once. */
final class LayerCalls extends Family {

    private final Reducer reducer;
    private final Places places;

    LayerCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.reducer = new Reducer(context, ops);
        this.places = new Places(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("glu", this::glu);
        handlers.put("layer_norm", this::layerNorm);
        handlers.put("rms_norm", this::rmsNorm);
        handlers.put("one_hot", this::oneHot);
        handlers.put("cosine_similarity", this::cosineSimilarity);
        handlers.put("mse_loss", call -> loss(call, gap -> op("square", call.span(), gap)));
        handlers.put("l1_loss", call -> loss(call, gap -> op("abs", call.span(), gap)));
        handlers.put("smooth_l1_loss", call -> bentLoss(call, "beta", true));
        handlers.put("huber_loss", call -> bentLoss(call, "delta", false));
        handlers.put("kl_div", this::divergence);
        handlers.put("binary_cross_entropy", this::crossEntropy);
        handlers.put("binary_cross_entropy_with_logits", this::crossEntropyOfLogits);
    }

    /** One half of an axis, gated by the other. */
    private Item glu(CallArguments call) {
        Value self = call.tensor(0, "input");
        int rank = self.type().rank();
        int axis = call.axis(call.optional(1, "dim").orElse(new Item.Known(-1L)), rank);
        Span span = call.span();
        long length = self.type().shape().get(axis) instanceof Dim.Static known ? known.size() : 1;
        if (length % 2 != 0) {
            throw context.error(
                    span,
                    MessageKey.HALVES,
                    call.callee(),
                    ops.describe(self.type().shape()));
        }
        DType dtype = self.type().dtype();
        Value wide = (Value) ops.cast(self, computeType(dtype), span);
        Operand gate = op("sigmoid", span, places.piece(wide, axis, length / 2, length / 2, span));
        return device(ops.cast(op("mul", span, places.piece(wide, axis, 0, length / 2, span), gate), dtype, span));
    }

    /** The last axes, as many as {@code normalized_shape} has. */
    private List<Integer> normalized(CallArguments call, int rank) {
        Item shape = call.required(1, "normalized_shape");
        int count = Sequences.of(shape).map(sequence -> sequence.items().size()).orElse(1);
        if (count > rank) {
            throw context.error(call.span(), MessageKey.BAD_AXIS, call.callee(), -count, rank);
        }
        return IntStream.range(rank - count, rank).boxed().toList();
    }

    private Operand mean(Operand wide, List<Integer> axes, Span span) {
        return op("div", span, reducer.reduce(ReduceOp.SUM, wide, axes, true, span), reducer.count(wide, axes, span));
    }

    private Item layerNorm(CallArguments call) {
        Operand self = call.operand(0, "input");
        List<Integer> axes = normalized(call, self.type().rank());
        Span span = call.span();
        Operand wide = ops.cast(self, computeType(self.type().dtype()), span);
        Operand centred = op("sub", span, wide, mean(wide, axes, span));
        Operand variance = mean(op("square", span, centred), axes, span);
        Operand eps = call.optionalOperand(4, "eps").orElse(number(1e-5));
        Operand result = op("mul", span, centred, op("rsqrt", span, op("add", span, variance, eps)));
        result = scaled(result, call.optionalOperand(2, "weight"), "mul", span);
        result = scaled(result, call.optionalOperand(3, "bias"), "add", span);
        return device(ops.cast(result, self.type().dtype(), span));
    }

    private Operand scaled(Operand wide, Optional<Operand> by, String name, Span span) {
        return by.isEmpty()
                ? wide
                : op(name, span, wide, ops.cast(by.get(), wide.type().dtype(), span));
    }

    private Item rmsNorm(CallArguments call) {
        Operand self = call.operand(0, "input");
        List<Integer> axes = normalized(call, self.type().rank());
        Span span = call.span();
        DType dtype = self.type().dtype();
        Operand wide = ops.cast(self, computeType(dtype), span);
        Operand eps = call.optionalOperand(3, "eps").orElse(number(dtype == DType.FLOAT64 ? 0x1p-52 : 0x1p-23));
        Operand power = mean(op("square", span, wide), axes, span);
        Operand result = op("mul", span, wide, op("rsqrt", span, op("add", span, power, eps)));
        result = scaled(result, call.optionalOperand(2, "weight"), "mul", span);
        return device(ops.cast(result, dtype, span));
    }

    private Item oneHot(CallArguments call) {
        Value self = call.tensor(0, "input");
        Span span = call.span();
        Dim classes = new Extents(context).dim(call.required(1, "num_classes"), span);
        int rank = self.type().rank();
        Operand column = ops.unsqueeze(self, rank, span);
        Operand hit = op("eq", span, column, places.offsets(classes, rank, rank + 1, span));
        return device(ops.cast(hit, DType.INT64, span));
    }

    private Item cosineSimilarity(CallArguments call) {
        Operand first = call.operand(0, "x1");
        Operand second = call.operand(1, "x2");
        int rank = Math.max(first.type().rank(), second.type().rank());
        int axis = call.axis(call.optional(2, "dim").orElse(new Item.Known(1L)), rank);
        Operand least = call.optionalOperand(3, "eps").orElse(number(1e-8));
        Span span = call.span();
        DType dtype = Promotion.common(List.of(first, second));
        Operand a = unit(
                ops.cast(first, computeType(dtype), span),
                axis - rank + first.type().rank(),
                least,
                span);
        Operand b = unit(
                ops.cast(second, computeType(dtype), span),
                axis - rank + second.type().rank(),
                least,
                span);
        Operand sum = reducer.reduce(ReduceOp.SUM, op("mul", span, a, b), axis, false, span);
        return device(ops.cast(sum, dtype, span));
    }

    private Operand unit(Operand wide, int axis, Operand least, Span span) {
        Operand squares = reducer.reduce(ReduceOp.SUM, op("square", span, wide), axis, true, span);
        return op("div", span, wide, op("maximum", span, op("sqrt", span, squares), least));
    }

    /** A function of the difference of input and target. */
    private interface OfGap {
        Operand apply(Operand gap);
    }

    private Item loss(CallArguments call, OfGap function) {
        Operand input = call.operand(0, "input");
        Operand target = call.operand(1, "target");
        DType dtype = Promotion.common(List.of(input, target));
        DType wide = computeType(dtype);
        Operand gap = op("sub", call.span(), ops.cast(input, wide, call.span()), ops.cast(target, wide, call.span()));
        return reduced(call, function.apply(gap), dtype);
    }

    /** {@code reduction}: mean, sum, or none. */
    private Item reduced(CallArguments call, Operand each, DType dtype) {
        String reduction =
                call.optionalString(CallArguments.NAMED_ONLY, "reduction").orElse("mean");
        Span span = call.span();
        List<Integer> axes = IntStream.range(0, each.type().rank()).boxed().toList();
        Operand result = each;
        switch (reduction) {
            case "none" -> {}
            case "sum" -> result = reducer.reduce(ReduceOp.SUM, each, axes, false, span);
            case "mean" -> {
                Operand sum = reducer.reduce(ReduceOp.SUM, each, axes, false, span);
                result = op("div", span, sum, reducer.count(each, axes, span));
            }
            default ->
                throw context.error(span, MessageKey.NEEDS_CONSTANT, call.callee(), "reduction", "`" + reduction + "`");
        }
        return device(ops.cast(result, dtype, span));
    }

    /** A parabola near 0, straight beyond the bend; {@code scaled} is the form whose slope there is 1. */
    private Item bentLoss(CallArguments call, String name, boolean scaled) {
        Operand bend = call.optionalOperand(CallArguments.NAMED_ONLY, name).orElse(number(1.0));
        Span span = call.span();
        return loss(call, gap -> {
            Operand size = op("abs", span, gap);
            Operand half = op("mul", span, op("square", span, gap), number(0.5));
            Operand offset = op("mul", span, bend, number(0.5));
            Operand straight = op("sub", span, size, offset);
            Operand near = scaled ? op("div", span, half, bend) : half;
            Operand far = scaled ? straight : op("mul", span, straight, bend);
            return op("where", span, op("lt", span, size, bend), near, far);
        });
    }

    private Item divergence(CallArguments call) {
        Operand input = call.operand(0, "input");
        Operand target = call.operand(1, "target");
        boolean logarithm =
                call.optionalBool(CallArguments.NAMED_ONLY, "log_target").orElse(false);
        Span span = call.span();
        DType dtype = Promotion.common(List.of(input, target));
        Operand x = ops.cast(input, computeType(dtype), span);
        Operand y = ops.cast(target, computeType(dtype), span);
        Operand each = logarithm
                ? op("mul", span, op("exp", span, y), op("sub", span, y, x))
                : op("sub", span, op("xlogy", span, y, y), op("mul", span, y, x));
        boolean batch = call.keyword("reduction")
                .filter(item -> CallArguments.isConstant(item, "batchmean"))
                .isPresent();
        if (!batch) {
            return reduced(call, each, dtype);
        }
        List<Integer> axes = IntStream.range(0, each.type().rank()).boxed().toList();
        Operand sum = reducer.reduce(ReduceOp.SUM, each, axes, false, span);
        return device(ops.cast(op("div", span, sum, reducer.count(each, List.of(0), span)), dtype, span));
    }

    private Item crossEntropy(CallArguments call) {
        Operand input = call.operand(0, "input");
        Operand target = call.operand(1, "target");
        Optional<Operand> weight = call.optionalOperand(2, "weight");
        Span span = call.span();
        DType dtype = Promotion.common(List.of(input, target));
        Operand x = ops.cast(input, computeType(dtype), span);
        Operand y = ops.cast(target, computeType(dtype), span);
        // Logarithms are not less than -100, as in torch.
        Operand hit = op("maximum", span, op("log", span, x), number(-100.0));
        Operand miss = op("maximum", span, op("log1p", span, op("neg", span, x)), number(-100.0));
        Operand rest = op("sub", span, y, number(1.0));
        Operand each = op("sub", span, op("mul", span, rest, miss), op("mul", span, y, hit));
        return reduced(call, scaled(each, weight, "mul", span), dtype);
    }

    private Item crossEntropyOfLogits(CallArguments call) {
        Operand input = call.operand(0, "input");
        Operand target = call.operand(1, "target");
        Optional<Operand> weight = call.optionalOperand(2, "weight");
        Optional<Operand> positive = call.optionalOperand(CallArguments.NAMED_ONLY, "pos_weight");
        Span span = call.span();
        DType dtype = Promotion.common(List.of(input, target));
        Operand x = ops.cast(input, computeType(dtype), span);
        Operand y = ops.cast(target, computeType(dtype), span);
        Operand log = op("logsigmoid", span, x);
        Operand rest = op("mul", span, op("sub", span, number(1.0), y), x);
        Operand factor = number(1.0);
        if (positive.isPresent()) {
            Operand more = op("sub", span, ops.cast(positive.get(), computeType(dtype), span), number(1.0));
            factor = op("add", span, op("mul", span, more, y), number(1.0));
        }
        Operand each = op("sub", span, rest, positive.isPresent() ? op("mul", span, factor, log) : log);
        return reduced(call, scaled(each, weight, "mul", span), dtype);
    }
}
