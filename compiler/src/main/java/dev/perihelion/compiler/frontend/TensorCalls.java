package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.ops.PointwiseTable;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * torch functions and tensor methods in device code, by torch's name; a method's receiver is its first argument. They
 * come from families and from the rows of {@link PointwiseTable}.
 */
final class TensorCalls {

    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("multiply", "mul"),
            Map.entry("subtract", "sub"),
            Map.entry("divide", "div"),
            Map.entry("true_divide", "div"),
            Map.entry("negative", "neg"),
            Map.entry("absolute", "abs"),
            Map.entry("greater", "gt"),
            Map.entry("greater_equal", "ge"),
            Map.entry("less", "lt"),
            Map.entry("less_equal", "le"),
            Map.entry("not_equal", "ne"),
            Map.entry("clip", "clamp"),
            Map.entry("fix", "trunc"),
            Map.entry("sgn", "sign"),
            Map.entry("arcsin", "asin"),
            Map.entry("arccos", "acos"),
            Map.entry("arctan", "atan"),
            Map.entry("arctan2", "atan2"),
            Map.entry("arcsinh", "asinh"),
            Map.entry("arccosh", "acosh"),
            Map.entry("arctanh", "atanh"),
            Map.entry("expit", "sigmoid"),
            Map.entry("psi", "digamma"),
            Map.entry("gammaln", "lgamma"),
            Map.entry("swish", "silu"),
            Map.entry("modified_bessel_i0", "i0"),
            Map.entry("modified_bessel_i1", "i1"),
            Map.entry("__and__", "bitwise_and"),
            Map.entry("__or__", "bitwise_or"),
            Map.entry("__xor__", "bitwise_xor"),
            Map.entry("__lshift__", "bitwise_left_shift"),
            Map.entry("__rshift__", "bitwise_right_shift"),
            Map.entry("__invert__", "bitwise_not"),
            Map.entry("__add__", "add"),
            Map.entry("__sub__", "sub"),
            Map.entry("__rsub__", "rsub"),
            Map.entry("__mul__", "mul"),
            Map.entry("__truediv__", "div"),
            Map.entry("__floordiv__", "floor_divide"),
            Map.entry("__mod__", "remainder"),
            Map.entry("__pow__", "pow"),
            Map.entry("__neg__", "neg"),
            Map.entry("__abs__", "abs"),
            Map.entry("__radd__", "add"),
            Map.entry("__rmul__", "mul"),
            Map.entry("__matmul__", "matmul"),
            Map.entry("__eq__", "eq"),
            Map.entry("__ne__", "ne"),
            Map.entry("__lt__", "lt"),
            Map.entry("__le__", "le"),
            Map.entry("__gt__", "gt"),
            Map.entry("__ge__", "ge"));

    private final Context context;
    private final DeviceOps ops;
    private final ViewCalls views;
    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    TensorCalls(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.views = new ViewCalls(context, ops);
        new CastCalls(context, ops).register(handlers);
        new ArithmeticCalls(context, ops).register(handlers);
        new ReductionCalls(context, ops).register(handlers);
        new StatisticsCalls(context, ops).register(handlers);
        new ScanCalls(context, ops).register(handlers);
        new PlaceCalls(context, ops).register(handlers);
        views.register(handlers);
        new CreationCalls(context, ops).registerTorch(handlers);
        new ShapeCalls(context, ops).registerTorch(handlers);
        new MatrixCalls(context, ops).registerTorch(handlers);
        new RandomCalls(context, ops).registerTorch(handlers);
        new LayerCalls(context, ops).register(handlers);
        new VectorCalls(context, ops).register(handlers);
        new ArrangeCalls(context, ops).register(handlers);
    }

    /** Whether this name means something on device tensors. */
    boolean knows(String name) {
        String known = canonical(name);
        return handlers.containsKey(known) || PointwiseTable.find(known).isPresent() || isInPlace(name);
    }

    /** Every name, for suggestions. */
    List<String> names() {
        List<String> names = new ArrayList<>(handlers.keySet());
        PointwiseTable.all().forEach(op -> names.add(op.name()));
        names.addAll(ALIASES.keySet());
        return names;
    }

    /** A function of torch or one of its modules. */
    Item call(String name, CallArguments call) {
        if (isInPlace(name)) {
            throw context.error(call.span(), MessageKey.IN_PLACE, call.callee(), name.substring(0, name.length() - 1));
        }
        String known = canonical(name);
        Handler handler = handlers.get(known);
        Item result = handler != null ? handler.apply(call) : pointwise(PointwiseTable.get(known), call);
        call.checkAllTaken();
        return result;
    }

    /** A method; the receiver is the first argument. */
    Item method(String name, CallArguments call) {
        if (name.equals("where")) {
            Operand self = call.operand(0, "self");
            Operand condition = call.operand(1, "condition");
            Item result =
                    device(ops.pointwise("where", List.of(condition, self, call.operand(2, "other")), call.span()));
            call.checkAllTaken();
            return result;
        }
        return call(name, call);
    }

    private Item pointwise(PointwiseOp op, CallArguments call) {
        List<Operand> operands = new ArrayList<>();
        for (int i = 0; i < op.arity(); i++) {
            PointwiseOp.Parameter parameter = op.parameters().get(i);
            operands.add(
                    parameter.standard().isEmpty()
                            ? call.operand(i, parameter.name())
                            : call.optionalOperand(i, parameter.name())
                                    .orElseGet(
                                            () -> standard(parameter.standard().get())));
        }
        if (call.keyword("inplace")
                .filter(item -> !CallArguments.isConstant(item, false))
                .isPresent()) {
            throw context.error(call.span(), MessageKey.IN_PLACE, call.callee(), op.name());
        }
        boolean integers = !operands.get(0).type().dtype().isFloating();
        if (op.home() == PointwiseOp.Home.FUNCTIONAL && op.typing() == PointwiseOp.Typing.ARITHMETIC && integers) {
            // Bounds become integers with the input.
            operands.replaceAll(
                    operand -> ops.cast(operand, operands.get(0).type().dtype(), call.span()));
        }
        return device(ops.pointwise(op.name(), operands, call.span()));
    }

    private static Literal standard(Number number) {
        return number instanceof Long whole ? Family.number(whole) : Family.number(number.doubleValue());
    }

    private String canonical(String name) {
        String bare = name.startsWith("special_") ? name.substring("special_".length()) : name;
        return ALIASES.getOrDefault(bare, bare);
    }

    private boolean isInPlace(String name) {
        boolean spelled = name.endsWith("_") && !name.endsWith("__");
        return spelled && knows(name.substring(0, name.length() - 1));
    }

    /** {@code x.T}, {@code x.mT}. */
    Item transposeLast(Value self, Span span) {
        return views.transposeLast(self, span);
    }

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
