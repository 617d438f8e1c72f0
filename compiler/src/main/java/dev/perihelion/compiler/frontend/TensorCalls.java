package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.ops.PointwiseTable;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * torch functions and tensor methods in device code, by torch's name; a method's receiver is its first argument. Rows of
 * {@link PointwiseTable} need no entry here.
 */
final class TensorCalls {

    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("multiply", "mul"),
            Map.entry("subtract", "sub"),
            Map.entry("negative", "neg"),
            Map.entry("absolute", "abs"),
            Map.entry("greater", "gt"),
            Map.entry("greater_equal", "ge"),
            Map.entry("less", "lt"),
            Map.entry("less_equal", "le"),
            Map.entry("not_equal", "ne"),
            Map.entry("special_expit", "sigmoid"),
            Map.entry("expit", "sigmoid"),
            Map.entry("fix", "trunc"));

    private static final Map<String, DType> CAST_METHODS = Map.of(
            "float", DType.FLOAT32,
            "half", DType.FLOAT16,
            "bfloat16", DType.BFLOAT16,
            "double", DType.FLOAT64,
            "int", DType.INT32,
            "long", DType.INT64,
            "bool", DType.BOOL);

    private final Context context;
    private final DeviceOps ops;
    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    TensorCalls(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        CAST_METHODS.forEach((name, dtype) -> handlers.put(name, call -> cast(call, dtype)));
        handlers.put("to", this::to);
        handlers.put("type", this::to);
        handlers.put("add", call -> addOrSub(call, "add"));
        handlers.put("sub", call -> addOrSub(call, "sub"));
        handlers.put("div", this::divide);
        handlers.put("divide", this::divide);
        handlers.put("true_divide", this::divide);
        handlers.put("sum", call -> reduction(call, ReduceOp.SUM));
        handlers.put("amax", call -> reduction(call, ReduceOp.MAX));
        handlers.put("amin", call -> reduction(call, ReduceOp.MIN));
        handlers.put("prod", call -> reduction(call, ReduceOp.PROD));
        handlers.put("max", call -> extreme(call, ReduceOp.MAX, "maximum"));
        handlers.put("min", call -> extreme(call, ReduceOp.MIN, "minimum"));
        handlers.put("mean", this::mean);
        handlers.put("var", this::variance);
        handlers.put("softmax", this::softmax);
        handlers.put("log_softmax", this::logSoftmax);
        handlers.put("clamp", this::clamp);
        handlers.put("clip", this::clamp);
        handlers.put("clamp_min", this::clamp);
        handlers.put("clamp_max", call -> bound(call, "minimum"));
        handlers.put("silu", this::silu);
        handlers.put("gelu", this::gelu);
        handlers.put("unsqueeze", this::unsqueeze);
        handlers.put("transpose", this::transpose);
        handlers.put("t", this::transposeLast);
        handlers.put("permute", this::permute);
        handlers.put("expand", this::expand);
        handlers.put("broadcast_to", this::expand);
        handlers.put("expand_as", this::expandAs);
        new CreationCalls(context, ops).registerTorch(handlers);
        new ShapeCalls(context, ops).registerTorch(handlers);
        new MatrixCalls(context, ops).registerTorch(handlers);
        new RandomCalls(context, ops).registerTorch(handlers);
        handlers.put("contiguous", call -> call.required(0, "self"));
        handlers.put("clone", call -> call.required(0, "self"));
        handlers.put("detach", call -> call.required(0, "self"));
    }

    /** Whether this name means something on device tensors. */
    boolean knows(String name) {
        return handlers.containsKey(name)
                || PointwiseTable.find(ALIASES.getOrDefault(name, name)).isPresent();
    }

    /** Every name, for suggestions. */
    List<String> names() {
        List<String> names = new ArrayList<>(handlers.keySet());
        PointwiseTable.all().forEach(op -> names.add(op.name()));
        names.addAll(ALIASES.keySet());
        return names;
    }

    Item call(String name, CallArguments call) {
        Handler handler = handlers.get(name);
        Item result;
        if (handler != null) {
            result = handler.apply(call);
        } else {
            PointwiseOp op = PointwiseTable.get(ALIASES.getOrDefault(name, name));
            List<Operand> operands = new ArrayList<>();
            for (int i = 0; i < op.arity(); i++) {
                operands.add(call.operand(i, i == 0 ? "input" : "other"));
            }
            call.ignore("out");
            result = new Item.Device(ops.pointwise(op, operands, call.span()));
        }
        call.checkAllTaken();
        return result;
    }

    private Item cast(CallArguments call, DType dtype) {
        return device(ops.cast(call.operand(0, "self"), dtype, call.span()));
    }

    private Item to(CallArguments call) {
        Operand self = call.operand(0, "self");
        call.ignore("device", "non_blocking", "copy", "memory_format");
        Optional<DType> dtype = Optional.empty();
        for (int i = 1; i < call.positional().size(); i++) {
            Item item = call.required(i, "dtype");
            if (item instanceof Item.Known known && known.value() instanceof DType given) {
                dtype = Optional.of(given);
            } else if (item instanceof Item.Device like) {
                dtype = Optional.of(like.operand().type().dtype());
            } else if (!(item instanceof Item.Opaque)) {
                throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, "to", "dtype", item.describe());
            }
        }
        if (dtype.isEmpty()) {
            dtype = call.optionalDType(Integer.MAX_VALUE - 1, "dtype");
        }
        return device(dtype.isPresent() ? ops.cast(self, dtype.get(), call.span()) : self);
    }

    private Item addOrSub(CallArguments call, String name) {
        Operand other = call.operand(1, "other");
        Optional<Operand> alpha = call.keyword("alpha").map(item -> context.operand(item, call.span()));
        if (alpha.isPresent()) {
            other = ops.pointwise("mul", List.of(other, alpha.get()), call.span());
        }
        return device(ops.pointwise(name, List.of(call.operand(0, "input"), other), call.span()));
    }

    private Item divide(CallArguments call) {
        List<Operand> operands = List.of(call.operand(0, "input"), call.operand(1, "other"));
        Optional<String> rounding = call.optionalString(2, "rounding_mode");
        if (rounding.isEmpty()) {
            return device(ops.pointwise("div", operands, call.span()));
        }
        if (rounding.get().equals("floor")) {
            return device(ops.pointwise("floor_divide", operands, call.span()));
        }
        return device(ops.pointwise("trunc", List.of(ops.pointwise("div", operands, call.span())), call.span()));
    }

    private Item reduction(CallArguments call, ReduceOp op) {
        Value self = call.tensor(0, "input");
        Optional<Item> dim = call.optional(1, "dim").filter(item -> !Context.isNone(item));
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        Optional<DType> dtype = call.optionalDType(3, "dtype");
        Value operand = dtype.isPresent() ? (Value) ops.cast(self, dtype.get(), call.span()) : self;
        if (dim.isPresent()) {
            return device(
                    ops.reduce(op, operand, call.axis(dim.get(), self.type().rank()), keepDim, call.span()));
        }
        Operand result = operand;
        while (result instanceof Value value && value.type().rank() > 0) {
            result = ops.reduce(op, value, value.type().rank() - 1, false, call.span());
        }
        return device(result);
    }

    private Item extreme(CallArguments call, ReduceOp op, String pointwise) {
        Optional<Item> second = call.optional(1, "dim");
        if (second.isPresent() && second.get() instanceof Item.Device other) {
            return device(ops.pointwise(pointwise, List.of(call.operand(0, "input"), other.operand()), call.span()));
        }
        if (second.isPresent()) {
            throw context.error(
                    call.span(),
                    MessageKey.USE_INSTEAD,
                    call.callee(),
                    op == ReduceOp.MAX ? "torch.amax" : "torch.amin");
        }
        return reduction(call, op);
    }

    private Item mean(CallArguments call) {
        Value self = call.tensor(0, "input");
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        Optional<DType> dtype = call.optionalDType(3, "dtype");
        int axis = call.axis(call.required(1, "dim"), self.type().rank());
        DType given = dtype.orElse(self.type().dtype());
        Value wide = (Value) ops.cast(self, given.isHalf() ? DType.FLOAT32 : given, call.span());
        Operand sum = ops.reduce(ReduceOp.SUM, wide, axis, keepDim, call.span());
        Operand mean =
                ops.pointwise("div", List.of(sum, length(self.type().shape().get(axis), call.span())), call.span());
        return device(ops.cast(mean, given, call.span()));
    }

    private Item variance(CallArguments call) {
        Value self = call.tensor(0, "input");
        int axis = call.axis(call.required(1, "dim"), self.type().rank());
        boolean keepDim = call.optionalBool(3, "keepdim").orElse(false);
        long correction = call.keyword("correction")
                .map(item -> item instanceof Item.Known known && known.value() instanceof Long number ? number : 1L)
                .orElse(call.optionalBool(2, "unbiased").orElse(true) ? 1L : 0L);
        Span span = call.span();
        Value wide = (Value) ops.cast(self, computeType(self.type().dtype()), span);
        Operand count = length(self.type().shape().get(axis), span);
        Operand mean = ops.pointwise("div", List.of(ops.reduce(ReduceOp.SUM, wide, axis, true, span), count), span);
        Value centred = (Value) ops.pointwise("sub", List.of(wide, mean), span);
        Value square = (Value) ops.pointwise("mul", List.of(centred, centred), span);
        Operand sum = ops.reduce(ReduceOp.SUM, square, axis, keepDim, span);
        Operand divisor = ops.pointwise("sub", List.of(count, number((double) correction)), span);
        return device(ops.cast(
                ops.pointwise("div", List.of(sum, divisor), span), self.type().dtype(), span));
    }

    /** How many elements an axis has, the padding not counted. */
    private Operand length(Dim dim, Span span) {
        if (!(dim instanceof Dim.Block block) || !context.isTile(block.id())) {
            return ops.cast(context.operand(Attributes.item(dim), span), DType.FLOAT32, span);
        }
        Value begin = scalar("begin");
        Value end = scalar("end");
        context.builder.emit(new dev.perihelion.compiler.ir.Op.TileScalar(
                begin, block.id(), dev.perihelion.compiler.ir.Op.TileProperty.BEGIN, span));
        context.builder.emit(new dev.perihelion.compiler.ir.Op.TileScalar(
                end, block.id(), dev.perihelion.compiler.ir.Op.TileProperty.END, span));
        return ops.cast(ops.pointwise("sub", List.of(end, begin), span), DType.FLOAT32, span);
    }

    private Value scalar(String hint) {
        return context.builder.value(dev.perihelion.compiler.ir.TensorType.scalar(DType.INT32), hint);
    }

    private Item softmax(CallArguments call) {
        Value self = call.tensor(0, "input");
        int axis = call.axis(call.required(1, "dim"), self.type().rank());
        DType result = call.keyword("dtype").isPresent()
                ? call.optionalDType(Integer.MAX_VALUE - 1, "dtype").orElseThrow()
                : self.type().dtype();
        Span span = call.span();
        Value wide = (Value) ops.cast(self, computeType(self.type().dtype()), span);
        Operand max = ops.reduce(ReduceOp.MAX, wide, axis, true, span);
        Value exp = (Value) ops.pointwise("exp", List.of(ops.pointwise("sub", List.of(wide, max), span)), span);
        Operand sum = ops.reduce(ReduceOp.SUM, exp, axis, true, span);
        return device(ops.cast(ops.pointwise("div", List.of(exp, sum), span), result, span));
    }

    private Item logSoftmax(CallArguments call) {
        Value self = call.tensor(0, "input");
        int axis = call.axis(call.required(1, "dim"), self.type().rank());
        Span span = call.span();
        Value wide = (Value) ops.cast(self, computeType(self.type().dtype()), span);
        Operand max = ops.reduce(ReduceOp.MAX, wide, axis, true, span);
        Operand shifted = ops.pointwise("sub", List.of(wide, max), span);
        Value exp = (Value) ops.pointwise("exp", List.of(shifted), span);
        Operand log = ops.pointwise("log", List.of(ops.reduce(ReduceOp.SUM, exp, axis, true, span)), span);
        return device(ops.cast(
                ops.pointwise("sub", List.of(shifted, log), span), self.type().dtype(), span));
    }

    private Item clamp(CallArguments call) {
        Operand result = call.operand(0, "input");
        Optional<Operand> min = call.optionalOperand(1, "min");
        Optional<Operand> max = call.optionalOperand(2, "max");
        if (min.isPresent()) {
            result = ops.pointwise("maximum", List.of(result, min.get()), call.span());
        }
        if (max.isPresent()) {
            result = ops.pointwise("minimum", List.of(result, max.get()), call.span());
        }
        return device(result);
    }

    private Item bound(CallArguments call, String name) {
        return device(ops.pointwise(name, List.of(call.operand(0, "input"), call.operand(1, "max")), call.span()));
    }

    private Item silu(CallArguments call) {
        Operand self = call.operand(0, "input");
        call.ignore("inplace");
        Operand wide = ops.cast(self, computeType(self.type().dtype()), call.span());
        Operand gate = ops.pointwise("sigmoid", List.of(wide), call.span());
        return device(ops.cast(
                ops.pointwise("mul", List.of(wide, gate), call.span()),
                self.type().dtype(),
                call.span()));
    }

    private Item gelu(CallArguments call) {
        Operand self = call.operand(0, "input");
        Span span = call.span();
        boolean tanh = call.optionalString(1, "approximate").orElse("none").equals("tanh");
        Operand x = ops.cast(self, computeType(self.type().dtype()), span);
        Operand inner;
        if (tanh) {
            Operand cube = ops.pointwise("mul", List.of(ops.pointwise("mul", List.of(x, x), span), x), span);
            Operand sum =
                    ops.pointwise("add", List.of(x, ops.pointwise("mul", List.of(cube, number(0.044715)), span)), span);
            Operand scaled = ops.pointwise("mul", List.of(sum, number(0.7978845608028654)), span);
            inner = ops.pointwise("tanh", List.of(scaled), span);
        } else {
            inner = ops.pointwise(
                    "erf", List.of(ops.pointwise("mul", List.of(x, number(0.7071067811865476)), span)), span);
        }
        Operand half = ops.pointwise("mul", List.of(x, number(0.5)), span);
        Operand gate = ops.pointwise("add", List.of(inner, number(1.0)), span);
        return device(ops.cast(
                ops.pointwise("mul", List.of(half, gate), span), self.type().dtype(), span));
    }

    private Item unsqueeze(CallArguments call) {
        Value self = call.tensor(0, "input");
        return device(ops.unsqueeze(
                self, call.axis(call.required(1, "dim"), self.type().rank() + 1), call.span()));
    }

    private Item transpose(CallArguments call) {
        Value self = call.tensor(0, "input");
        int a = call.axis(call.required(1, "dim0"), self.type().rank());
        int b = call.axis(call.required(2, "dim1"), self.type().rank());
        return swap(self, a, b, call.span());
    }

    /** {@code x.T}, {@code x.t()}, {@code x.mT}. */
    Item transposeLast(Value self, Span span) {
        int rank = self.type().rank();
        return rank < 2 ? device(self) : swap(self, rank - 2, rank - 1, span);
    }

    private Item transposeLast(CallArguments call) {
        return transposeLast(call.tensor(0, "input"), call.span());
    }

    private Item swap(Value self, int a, int b, Span span) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < self.type().rank(); i++) {
            order.add(i == a ? b : i == b ? a : i);
        }
        return device(ops.permute(self, order, span));
    }

    private Item permute(CallArguments call) {
        Value self = call.tensor(0, "input");
        List<Item> axes = rest(call, "dims");
        return device(ops.permute(
                self,
                axes.stream().map(item -> call.axis(item, self.type().rank())).toList(),
                call.span()));
    }

    private Item expand(CallArguments call) {
        Operand self = call.operand(0, "input");
        List<Item> sizes = rest(call, "size");
        List<Dim> shape = new ArrayList<>();
        int offset = sizes.size() - self.type().rank();
        for (int i = 0; i < sizes.size(); i++) {
            boolean kept = CallArguments.isConstant(sizes.get(i), -1L);
            shape.add(kept ? self.type().shape().get(i - offset) : new Extents(context).dim(sizes.get(i), call.span()));
        }
        return device(ops.broadcastTo(self, shape, call.span()));
    }

    private Item expandAs(CallArguments call) {
        return device(ops.broadcastTo(
                call.operand(0, "input"), call.operand(1, "other").type().shape(), call.span()));
    }

    /** The arguments from the second on, given one by one or as one sequence. */
    private static List<Item> rest(CallArguments call, String name) {
        List<Item> all = new ArrayList<>();
        for (int i = 1; i < Math.max(2, call.positional().size()); i++) {
            Item item = call.required(i, name);
            if (item instanceof Item.Sequence sequence) {
                all.addAll(sequence.items());
            } else {
                all.add(item);
            }
        }
        return all;
    }

    private static DType computeType(DType dtype) {
        return dtype.isHalf() || !dtype.isFloating() ? DType.FLOAT32 : dtype;
    }

    private static Literal number(double value) {
        return new Literal(value, DType.FLOAT32);
    }

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
