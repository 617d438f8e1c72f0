package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ExprVisitor;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluates expressions abstractly, in one scope; device operations go to the builder. */
final class Evaluator implements ExprVisitor<Item> {

    private final Context context;
    private final Calls calls;
    private final Scope scope;
    private final Operators operators;

    Evaluator(Context context, Calls calls, Scope scope) {
        this.context = context;
        this.calls = calls;
        this.scope = scope;
        this.operators = new Operators(context, calls);
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
        return operators.unary(expr.operator(), evaluate(expr.operand()), expr.span());
    }

    @Override
    public Item visitBinary(Expr.Binary expr) {
        return operators.binary(expr.operator(), evaluate(expr.left()), evaluate(expr.right()), expr.span());
    }

    @Override
    public Item visitBoolOp(Expr.BoolOp expr) {
        Item result = null;
        for (Expr operand : expr.operands()) {
            Item item = evaluate(operand);
            Optional<Boolean> truth = Constants.truth(item);
            if (truth.isEmpty()) {
                if (!context.builder.onDevice()) {
                    return boolOnHost(expr);
                }
                if (!context.operand(item, operand.span()).type().isScalar()) {
                    throw context.error(
                            expr.span(),
                            MessageKey.BOOL_OF_TENSOR,
                            expr.isAnd() ? "and" : "or",
                            expr.isAnd() ? "&" : "|");
                }
            }
            boolean isFirst = result == null || Constants.truth(result).isPresent();
            result = isFirst ? item : chosen(expr, result, item);
            if (truth.isPresent() && truth.get() != expr.isAnd()) {
                return result;
            }
        }
        return result;
    }

    /** {@code left and right}, {@code left or right} where the device alone knows {@code left}: one of the two. */
    private Item chosen(Expr.BoolOp expr, Item left, Item right) {
        Operand first = context.operand(left, expr.span());
        Operand second = context.operand(right, expr.span());
        boolean areTruths = first.type().dtype() == DType.BOOL && second.type().dtype() == DType.BOOL;
        if (areTruths) {
            String name = expr.isAnd() ? "logical_and" : "logical_or";
            return device(calls.ops().pointwise(name, List.of(first, second), expr.span()));
        }
        Operand zero = context.operand(new Item.Known(0L), expr.span());
        Operand test = calls.ops().pointwise("ne", List.of(first, zero), expr.span());
        List<Operand> operands = expr.isAnd() ? List.of(test, second, first) : List.of(test, first, second);
        return device(calls.ops().pointwise("where", operands, expr.span()));
    }

    /** {@code and}, {@code or} of numbers of which one is known at launch only; of truth values one is made. */
    private Item boolOnHost(Expr.BoolOp expr) {
        List<Item> operands = expr.operands().stream().map(this::evaluate).toList();
        boolean truths = operands.stream()
                .allMatch(item -> item instanceof Item.Runtime number && number.dtype() == DType.BOOL
                        || item instanceof Item.Known known && known.value() instanceof Boolean);
        if (!truths) {
            return operators.opaque(expr.span());
        }
        return operators.runtime(expr.span(), operands, DType.BOOL, known -> {
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
            Item link = operators.compare(expr.operators().get(i), left, right, expr.span());
            result = result == null ? link : operators.both(result, link, expr.span());
            left = right;
        }
        return result;
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
                    .orElseGet(() -> operators.opaque(expr.span()));
        }
        return test instanceof Item.Runtime && numbers
                ? operators.runtime(
                        expr.span(),
                        List.of(test, then, otherwise),
                        Operators.common(List.of(then, otherwise)),
                        known -> Constants.truth(known.get(0)).map(flag -> known.get(flag ? 1 : 2)))
                : operators.opaque(expr.span());
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
            return new HostSlices(context)
                    .get(host.tensor(), subscript(index))
                    .orElseGet(() -> operators.opaque(expr.span()));
        }
        if (value instanceof Item.Mapping mapping
                && index instanceof Item.Known key
                && mapping.entries().containsKey(key.value())) {
            return mapping.entries().get(key.value());
        }
        if (value instanceof Item.Extents extents && index instanceof Item.Slice) {
            return new Elements(context).element(Sequences.of(extents).orElseThrow(), index, expr.span());
        }
        if (value instanceof Item.Sequence sequence) {
            return new Elements(context).element(sequence, index, expr.span());
        }
        if (value instanceof Item.Fields fields && fields.isTuple()) {
            return new Elements(context).element(Sequences.of(fields).orElseThrow(), index, expr.span());
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

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
