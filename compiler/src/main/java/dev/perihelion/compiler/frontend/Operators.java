package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.syntax.BinaryOperator;
import dev.perihelion.compiler.syntax.CompareOperator;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.UnaryOperator;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What Python's operators make of two values, or of one; device operations go to the builder. */
final class Operators {

    private static final Map<BinaryOperator, String> POINTWISE = Map.ofEntries(
            Map.entry(BinaryOperator.ADD, "add"),
            Map.entry(BinaryOperator.SUBTRACT, "sub"),
            Map.entry(BinaryOperator.MULTIPLY, "mul"),
            Map.entry(BinaryOperator.DIVIDE, "div"),
            Map.entry(BinaryOperator.FLOOR_DIVIDE, "floor_divide"),
            Map.entry(BinaryOperator.MODULO, "remainder"),
            Map.entry(BinaryOperator.POWER, "pow"),
            Map.entry(BinaryOperator.SHIFT_LEFT, "bitwise_left_shift"),
            Map.entry(BinaryOperator.SHIFT_RIGHT, "bitwise_right_shift"),
            Map.entry(BinaryOperator.AND, "bitwise_and"),
            Map.entry(BinaryOperator.OR, "bitwise_or"),
            Map.entry(BinaryOperator.XOR, "bitwise_xor"));

    private static final Map<CompareOperator, String> COMPARISONS = Map.of(
            CompareOperator.EQUAL, "eq",
            CompareOperator.NOT_EQUAL, "ne",
            CompareOperator.LESS, "lt",
            CompareOperator.LESS_EQUAL, "le",
            CompareOperator.GREATER, "gt",
            CompareOperator.GREATER_EQUAL, "ge");

    private final Context context;
    private final Calls calls;

    Operators(Context context, Calls calls) {
        this.context = context;
        this.calls = calls;
    }

    /** {@code op operand}. */
    Item unary(UnaryOperator operator, Item operand, Span span) {
        Optional<Item> folded = Constants.unary(operator, operand);
        if (folded.isPresent()) {
            return folded.get();
        }
        if (!context.builder.onDevice()) {
            return unaryOnHost(operator, operand, span);
        }
        Operand value = context.operand(operand, span);
        return switch (operator) {
            case PLUS -> operand;
            case NEGATE -> device(calls.ops().pointwise("neg", List.of(value), span));
            case NOT -> device(calls.ops().pointwise("logical_not", List.of(value), span));
            case INVERT ->
                device(calls.ops()
                        .pointwise(
                                value.type().dtype() == DType.BOOL ? "logical_not" : "bitwise_not",
                                List.of(value),
                                span));
        };
    }

    private Item unaryOnHost(UnaryOperator operator, Item operand, Span span) {
        if (operand instanceof Item.Host) {
            String name = operator == UnaryOperator.NOT ? "?" : "neg";
            return calls.host()
                    .operator(name, List.of(operand), span)
                    .filter(item -> operator != UnaryOperator.NOT)
                    .orElseGet(() -> opaque(span));
        }
        DType dtype = operator == UnaryOperator.NOT ? DType.BOOL : common(List.of(operand));
        return runtime(span, List.of(operand), dtype, known -> Constants.unary(operator, known.get(0)));
    }

    /** {@code left op right}; also what augmented assignments do. */
    Item binary(BinaryOperator operator, Item left, Item right, Span span) {
        Optional<Item> folded = Constants.binary(operator, left, right);
        if (folded.isPresent()) {
            return folded.get();
        }
        if (!context.builder.onDevice()) {
            List<Item> operands = List.of(left, right);
            if (left instanceof Item.Host || right instanceof Item.Host) {
                return calls.host()
                        .operator(operator, POINTWISE.getOrDefault(operator, "matmul"), operands, span)
                        .orElseGet(() -> opaque(span));
            }
            boolean floats = operator == BinaryOperator.DIVIDE;
            return runtime(
                    span,
                    operands,
                    floats ? DType.FLOAT32 : common(operands),
                    known -> Constants.binary(operator, known.get(0), known.get(1)));
        }
        boolean adds = operator == BinaryOperator.ADD || operator == BinaryOperator.SUBTRACT;
        if (adds && left instanceof Item.Tile tile) {
            return shifted(operator, tile, right, span);
        }
        if (operator == BinaryOperator.ADD && right instanceof Item.Tile tile) {
            return shifted(operator, tile, left, span);
        }
        Operand a = context.operand(left, span);
        Operand b = context.operand(right, span);
        if (operator == BinaryOperator.MATMUL) {
            return calls.tensors()
                    .call("matmul", new CallArguments(context, "@", List.of(left, right), Map.of(), span));
        }
        return device(calls.ops().pointwise(POINTWISE.get(operator), List.of(a, b), span));
    }

    private Item shifted(BinaryOperator operator, Item.Tile tile, Item by, Span span) {
        Operand amount = context.operand(by, span);
        if (!amount.type().isScalar()) {
            throw context.error(span, MessageKey.INCORRECT_TILE_USE);
        }
        if (amount instanceof Operand.Literal literal && tile.shift() instanceof Operand.Literal old) {
            long number = ((Number) literal.number()).longValue();
            long sum = (Long) old.number() + (operator == BinaryOperator.SUBTRACT ? -number : number);
            return new Item.Tile(tile.axis(), new Operand.Literal(sum, DType.INT64));
        }
        String name = operator == BinaryOperator.SUBTRACT ? "sub" : "add";
        return new Item.Tile(tile.axis(), calls.ops().pointwise(name, List.of(tile.shift(), amount), span));
    }

    /** {@code left op right}, of one comparison. */
    Item compare(CompareOperator operator, Item left, Item right, Span span) {
        Optional<Item> folded = Constants.compare(operator, left, right);
        if (folded.isPresent()) {
            return folded.get();
        }
        String name = COMPARISONS.get(operator);
        if (!context.builder.onDevice()) {
            if (name != null && (left instanceof Item.Host || right instanceof Item.Host)) {
                return calls.host().operator(name, List.of(left, right), span).orElseGet(() -> opaque(span));
            }
            return runtime(
                    span,
                    List.of(left, right),
                    DType.BOOL,
                    known -> Constants.compare(operator, known.get(0), known.get(1)));
        }
        if (name == null) {
            throw context.error(span, MessageKey.UNSUPPORTED_ON_DEVICE, "`" + operator.symbol() + "` on device values");
        }
        return device(
                calls.ops().pointwise(name, List.of(context.operand(left, span), context.operand(right, span)), span));
    }

    /** {@code first and second}, of two comparisons. */
    Item both(Item first, Item second, Span span) {
        Optional<Boolean> known = Constants.truth(first);
        if (known.isPresent()) {
            return known.get() ? second : first;
        }
        if (!context.builder.onDevice()) {
            return runtime(
                    span,
                    List.of(first, second),
                    DType.BOOL,
                    values -> Constants.truth(values.get(0)).map(flag -> flag ? values.get(1) : values.get(0)));
        }
        return device(calls.ops()
                .pointwise("logical_and", List.of(context.operand(first, span), context.operand(second, span)), span));
    }

    /**
     * Host arithmetic on numbers that only the launch knows: the host computes it, the device gets the result.
     *
     * @param folded what it is where all operands are known
     */
    Item runtime(Span span, List<Item> operands, DType dtype, Function<List<Item>, Optional<Item>> folded) {
        if (!operands.stream().allMatch(Numbers::isNumber)) {
            return opaque(span);
        }
        Optional<Item.Given> known = Numbers.given(
                operands,
                values -> folded.apply(
                                values.stream().<Item>map(Item.Known::new).toList())
                        .filter(item -> item instanceof Item.Known)
                        .map(item -> ((Item.Known) item).value())
                        .orElse(Expr.Special.OPAQUE));
        Optional<Item.Given> given = known.filter(value -> value.value() != Expr.Special.OPAQUE);
        return new Item.Runtime(context.hostExpression(span), dtype, given);
    }

    /** The dtype of a number that is made of several. */
    static DType common(List<Item> operands) {
        return operands.stream().anyMatch(Numbers::isFloating) ? DType.FLOAT32 : DType.INT64;
    }

    /** A value that is not followed. */
    Item opaque(Span span) {
        return new Item.Opaque("`" + context.source.text(span) + "`");
    }

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
