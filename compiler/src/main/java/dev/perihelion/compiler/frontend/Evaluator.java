package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.BinaryOperator;
import dev.perihelion.compiler.syntax.CompareOperator;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ExprVisitor;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.UnaryOperator;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Evaluates expressions abstractly, in one scope; device operations go to the builder. */
final class Evaluator implements ExprVisitor<Item> {

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
    private final Scope scope;

    Evaluator(Context context, Calls calls, Scope scope) {
        this.context = context;
        this.calls = calls;
        this.scope = scope;
    }

    Item evaluate(Expr expr) {
        return expr.accept(this);
    }

    @Override
    public Item visitName(Expr.Name expr) {
        Item item = scope.find(expr.id())
                .orElseThrow(() -> context.error(expr.span(), MessageKey.UNDEFINED_NAME, expr.id()));
        if (item instanceof Item.Opaque opaque && opaque.what().equals(Statements.POISON)) {
            throw new Poisoned();
        }
        return item instanceof Item.Opaque && scope.findLocal(expr.id()).isEmpty()
                ? calls.moduleValue(expr.id(), item)
                : item;
    }

    @Override
    public Item visitConstant(Expr.Constant expr) {
        return new Item.Known(expr.value());
    }

    @Override
    public Item visitFormattedString(Expr.FormattedString expr) {
        String source = context.source.text(expr.span());
        boolean plain = source.indexOf(':') < 0 && source.indexOf('!') < 0 && source.indexOf('=') < 0;
        StringBuilder text = new StringBuilder();
        for (Expr part : expr.parts()) {
            Item item = context.builder.onDevice() || plain ? evaluate(part) : new Item.Opaque("a part");
            boolean folds = item instanceof Item.Known known
                    && (known.value() instanceof String || known.value() instanceof Long);
            if (!plain || !folds) {
                return new Item.Opaque("a formatted string");
            }
            text.append(((Item.Known) item).value());
        }
        return new Item.Known(text.toString());
    }

    @Override
    public Item visitTuple(Expr.TupleDisplay expr) {
        return new Item.Sequence(elements(expr.elements()), false);
    }

    @Override
    public Item visitList(Expr.ListDisplay expr) {
        return new Item.Sequence(elements(expr.elements()), true);
    }

    List<Item> elements(List<Expr> exprs) {
        List<Item> items = new ArrayList<>();
        for (Expr expr : exprs) {
            if (expr instanceof Expr.Starred starred) {
                items.addAll(Sequences.of(evaluate(starred.value()))
                        .orElseThrow(() -> context.error(
                                expr.span(), MessageKey.UNSUPPORTED_ON_DEVICE, "`*` of an unknown sequence"))
                        .items());
            } else {
                items.add(evaluate(expr));
            }
        }
        return items;
    }

    @Override
    public Item visitSet(Expr.SetDisplay expr) {
        return unsupported(expr.span(), "a set");
    }

    @Override
    public Item visitDict(Expr.DictDisplay expr) {
        Map<Object, Item> entries = new java.util.LinkedHashMap<>();
        for (Expr.DictEntry entry : expr.entries()) {
            Item value = evaluate(entry.value());
            Optional<Item> key = entry.key().map(this::evaluate);
            if (key.isEmpty() && value instanceof Item.Mapping merged) {
                entries.putAll(merged.entries());
            } else if (key.isPresent() && key.get() instanceof Item.Known known) {
                entries.put(known.value(), value);
            } else {
                return unsupported(expr.span(), "a dictionary with unknown keys");
            }
        }
        return new Item.Mapping(entries);
    }

    @Override
    public Item visitUnary(Expr.Unary expr) {
        Item operand = evaluate(expr.operand());
        Optional<Item> folded = Constants.unary(expr.operator(), operand);
        if (folded.isPresent()) {
            return folded.get();
        }
        if (!context.builder.onDevice()) {
            return unaryOnHost(expr, operand);
        }
        Operand value = context.operand(operand, expr.span());
        return switch (expr.operator()) {
            case PLUS -> operand;
            case NEGATE -> device(calls.ops().pointwise("neg", List.of(value), expr.span()));
            case NOT -> device(calls.ops().pointwise("logical_not", List.of(value), expr.span()));
            case INVERT ->
                device(calls.ops()
                        .pointwise(
                                value.type().dtype() == DType.BOOL ? "logical_not" : "bitwise_not",
                                List.of(value),
                                expr.span()));
        };
    }

    private Item unaryOnHost(Expr.Unary expr, Item operand) {
        if (operand instanceof Item.Host) {
            String name = expr.operator() == UnaryOperator.NOT ? "?" : "neg";
            return calls.host()
                    .operator(name, List.of(operand), expr.span())
                    .filter(item -> expr.operator() != UnaryOperator.NOT)
                    .orElseGet(() -> opaque(expr.span()));
        }
        DType dtype = expr.operator() == UnaryOperator.NOT ? DType.BOOL : common(List.of(operand));
        return runtime(expr.span(), List.of(operand), dtype, known -> Constants.unary(expr.operator(), known.get(0)));
    }

    @Override
    public Item visitBinary(Expr.Binary expr) {
        return binary(expr.operator(), evaluate(expr.left()), evaluate(expr.right()), expr.span());
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

    @Override
    public Item visitBoolOp(Expr.BoolOp expr) {
        Item result = null;
        for (Expr operand : expr.operands()) {
            Item item = evaluate(operand);
            Optional<Boolean> truth = Constants.truth(item);
            if (truth.isPresent()) {
                if (truth.get() != expr.isAnd()) {
                    return result == null ? item : expr.isAnd() ? new Item.Known(false) : new Item.Known(true);
                }
                result = result == null || Constants.truth(result).isPresent() ? item : result;
            } else if (!context.builder.onDevice()) {
                return boolOnHost(expr);
            } else {
                Operand value = context.operand(item, operand.span());
                if (!value.type().isScalar()) {
                    throw context.error(
                            expr.span(),
                            MessageKey.BOOL_OF_TENSOR,
                            expr.isAnd() ? "and" : "or",
                            expr.isAnd() ? "&" : "|");
                }
                result = result == null || Constants.truth(result).isPresent()
                        ? item
                        : device(calls.ops()
                                .pointwise(
                                        expr.isAnd() ? "logical_and" : "logical_or",
                                        List.of(context.operand(result, expr.span()), value),
                                        expr.span()));
            }
        }
        return result;
    }

    /** {@code and}, {@code or} of numbers of which one is known at launch only; of truth values one is made. */
    private Item boolOnHost(Expr.BoolOp expr) {
        List<Item> operands = expr.operands().stream().map(this::evaluate).toList();
        boolean truths = operands.stream()
                .allMatch(item -> item instanceof Item.Runtime number && number.dtype() == DType.BOOL
                        || item instanceof Item.Known known && known.value() instanceof Boolean);
        if (!truths) {
            return opaque(expr.span());
        }
        return runtime(expr.span(), operands, DType.BOOL, known -> {
            boolean all = known.stream().allMatch(item -> Constants.truth(item).orElseThrow());
            boolean any = known.stream().anyMatch(item -> Constants.truth(item).orElseThrow());
            return Optional.of(new Item.Known(expr.isAnd() ? all : any));
        });
    }

    @Override
    public Item visitCompare(Expr.Compare expr) {
        Item left = evaluate(expr.left());
        Item result = null;
        for (int i = 0; i < expr.operators().size(); i++) {
            Item right = evaluate(expr.rights().get(i));
            Item link = compare(expr.operators().get(i), left, right, expr.span());
            result = result == null ? link : both(result, link, expr.span());
            left = right;
        }
        return result;
    }

    private Item both(Item first, Item second, Span span) {
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

    private Item compare(CompareOperator operator, Item left, Item right, Span span) {
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

    @Override
    public Item visitConditional(Expr.Conditional expr) {
        Item test = evaluate(expr.test());
        Optional<Boolean> truth = Constants.truth(test);
        if (truth.isPresent()) {
            return evaluate(truth.get() ? expr.then() : expr.otherwise());
        }
        if (!context.builder.onDevice()) {
            return conditionalOnHost(expr, test);
        }
        Item then = evaluate(expr.then());
        Item otherwise = evaluate(expr.otherwise());
        List<Operand> operands = List.of(
                context.operand(test, expr.span()),
                context.operand(then, expr.span()),
                context.operand(otherwise, expr.span()));
        if (!operands.get(0).type().isScalar()) {
            throw context.error(expr.test().span(), MessageKey.TENSOR_CONDITION);
        }
        return device(calls.ops().pointwise("where", operands, expr.span()));
    }

    private Item conditionalOnHost(Expr.Conditional expr, Item test) {
        context.constant(test);
        Item then = evaluate(expr.then());
        Item otherwise = evaluate(expr.otherwise());
        if (then.equals(otherwise)) {
            return then;
        }
        boolean numbers = Numbers.isNumber(then) && Numbers.isNumber(otherwise);
        if (test instanceof Item.Runtime number && !numbers) {
            return context.pin(number)
                    .flatMap(Constants::truth)
                    .map(flag -> flag ? then : otherwise)
                    .orElseGet(() -> opaque(expr.span()));
        }
        return test instanceof Item.Runtime && numbers
                ? runtime(
                        expr.span(),
                        List.of(test, then, otherwise),
                        common(List.of(then, otherwise)),
                        known -> Constants.truth(known.get(0)).map(flag -> known.get(flag ? 1 : 2)))
                : opaque(expr.span());
    }

    @Override
    public Item visitCall(Expr.Call expr) {
        return calls.call(expr, this);
    }

    @Override
    public Item visitAttribute(Expr.Attribute expr) {
        return calls.attributes().get(evaluate(expr.value()), expr.name(), expr.span());
    }

    @Override
    public Item visitSubscript(Expr.Subscript expr) {
        Item value = evaluate(expr.value());
        Item index = evaluate(expr.index());
        boolean inMemory = value instanceof Item.Host || value instanceof Item.Stack;
        if (inMemory && context.builder.onDevice()) {
            return device(
                    calls.indexing().load(value, subscript(index), Optional.empty(), Optional.empty(), expr.span()));
        }
        if (value instanceof Item.Device device && device.operand() instanceof Value tensor) {
            return device(calls.ops().subscript(tensor, subscript(index), expr.span()));
        }
        if (value instanceof Item.Host host) {
            return new HostSlices(context).get(host.tensor(), subscript(index)).orElseGet(() -> opaque(expr.span()));
        }
        if (value instanceof Item.Mapping mapping
                && index instanceof Item.Known key
                && mapping.entries().containsKey(key.value())) {
            return mapping.entries().get(key.value());
        }
        if (value instanceof Item.Extents extents && index instanceof Item.Slice) {
            return element(Sequences.of(extents).orElseThrow(), index, expr.span());
        }
        if (value instanceof Item.Sequence sequence) {
            return element(sequence, index, expr.span());
        }
        if (value instanceof Item.Fields fields && fields.isTuple()) {
            return element(Sequences.of(fields).orElseThrow(), index, expr.span());
        }
        if (value instanceof Item.Fields enumeration
                && index instanceof Item.Known key
                && enumeration.fields().containsKey(String.valueOf(key.value()))) {
            return enumeration.fields().get(String.valueOf(key.value())); // `Mode["ADD"]`.
        }
        if (value instanceof Item.Extents extents) {
            return calls.attributes().extent(extents.dims(), index, expr.span());
        }
        if (!context.builder.onDevice()) {
            return new Item.Opaque("`" + context.source.text(expr.span()) + "`");
        }
        context.refuseOpaque(value, expr.span());
        throw context.error(expr.span(), MessageKey.NOT_SUBSCRIPTABLE, value.describe());
    }

    private Item element(Item.Sequence sequence, Item index, Span span) {
        List<Item> items = sequence.items();
        Item known = index instanceof Item.Runtime number && !context.builder.onDevice()
                ? context.pin(number).orElse(index)
                : context.constant(index);
        if (known instanceof Item.Known constant && constant.value() instanceof Long number) {
            long at = number < 0 ? number + items.size() : number;
            if (at < 0 || at >= items.size()) {
                throw context.error(span, MessageKey.SEQUENCE_INDEX, number, items.size());
            }
            return items.get((int) at);
        }
        if (index instanceof Item.Slice slice) {
            return slice(sequence, slice, span);
        }
        if (!context.builder.onDevice()) {
            return opaque(span);
        }
        throw context.error(span, MessageKey.NEEDS_CONSTANT, "this sequence", "index", index.describe());
    }

    private Item slice(Item.Sequence sequence, Item.Slice slice, Span span) {
        List<Item> items = sequence.items();
        int step = bound(slice.step(), 1, Integer.MAX_VALUE, span);
        List<Item> chosen = new ArrayList<>();
        if (step > 0) {
            int from = bound(slice.lower(), 0, items.size(), span);
            int to = bound(slice.upper(), items.size(), items.size(), span);
            for (int i = from; i < to; i += step) {
                chosen.add(items.get(i));
            }
        } else if (slice.lower().isEmpty() && slice.upper().isEmpty()) {
            for (int i = items.size() - 1; i >= 0; i -= -step) {
                chosen.add(items.get(i));
            }
        } else {
            throw context.error(span, MessageKey.NEEDS_CONSTANT, "this sequence", "slice", "a negative step");
        }
        return new Item.Sequence(chosen, sequence.isList());
    }

    /** A bound as Python counts it; a step, which has no size to count from, keeps its sign. */
    private int bound(Optional<Item> bound, int standard, int size, Span span) {
        if (bound.isEmpty()) {
            return standard;
        }
        if (bound.get() instanceof Item.Known known && known.value() instanceof Long number) {
            boolean isStep = size == Integer.MAX_VALUE;
            return (int) (isStep ? number : Math.max(0, Math.min(size, number < 0 ? number + size : number)));
        }
        throw context.error(
                span,
                MessageKey.NEEDS_CONSTANT,
                "this sequence",
                "slice",
                bound.get().describe());
    }

    static List<Item> subscript(Item index) {
        return index instanceof Item.Sequence sequence && !sequence.isList() ? sequence.items() : List.of(index);
    }

    @Override
    public Item visitSlice(Expr.Slice expr) {
        return new Item.Slice(
                expr.lower().map(this::evaluate).filter(item -> !Context.isNone(item)),
                expr.upper().map(this::evaluate).filter(item -> !Context.isNone(item)),
                expr.step().map(this::evaluate).filter(item -> !Context.isNone(item)));
    }

    @Override
    public Item visitStarred(Expr.Starred expr) {
        return unsupported(expr.span(), "`*` here");
    }

    @Override
    public Item visitLambda(Expr.Lambda expr) {
        return new Item.LambdaFunction(expr, scope.snapshot());
    }

    @Override
    public Item visitWalrus(Expr.Walrus expr) {
        Item value = evaluate(expr.value());
        scope.bind(expr.target().id(), value);
        return value;
    }

    @Override
    public Item visitComprehension(Expr.Comprehension expr) {
        Optional<Item> built = new Comprehensions(this, scope).build(expr);
        if (built.isPresent()) {
            return built.get();
        }
        return unsupported(expr.span(), "this comprehension");
    }

    @Override
    public Item visitOther(Expr.Other expr) {
        return unsupported(expr.span(), "`" + expr.what() + "`");
    }

    private Item unsupported(Span span, String what) {
        if (context.builder.onDevice()) {
            throw context.error(span, MessageKey.UNSUPPORTED_ON_DEVICE, what);
        }
        return new Item.Opaque(what);
    }

    /**
     * Host arithmetic on numbers that only the launch knows: the host computes it, the device gets the result.
     *
     * @param folded what it is where all operands are known
     */
    private Item runtime(Span span, List<Item> operands, DType dtype, Function<List<Item>, Optional<Item>> folded) {
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

    private static DType common(List<Item> operands) {
        return operands.stream().anyMatch(Numbers::isFloating) ? DType.FLOAT32 : DType.INT64;
    }

    private Item opaque(Span span) {
        return new Item.Opaque("`" + context.source.text(span) + "`");
    }

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
