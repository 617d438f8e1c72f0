package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code hl.reduce} and {@code hl.associative_scan}, with functions of the user. */
final class CombineCalls extends Family {

    /** Calls a function of the user. */
    @FunctionalInterface
    interface Invoker {
        Item invoke(Item callee, List<Item> arguments, Span span);
    }

    private final Combiners combiners;
    private final Reducer reducer;
    private final Invoker invoker;

    CombineCalls(Context context, DeviceOps ops, Invoker invoker) {
        super(context, ops);
        this.combiners = new Combiners(context, ops);
        this.reducer = new Reducer(context, ops);
        this.invoker = invoker;
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("reduce", this::reduce);
        handlers.put("associative_scan", this::scan);
    }

    private Item reduce(CallArguments call) {
        Item function = call.required(0, "combine_fn");
        Item input = call.required(1, "input_tensor");
        List<Value> values = values(input, call);
        int rank = values.get(0).type().rank();
        List<Integer> axes = reducer.axes(call, 2, rank);
        List<Literal> fills = fills(call.optional(3, "other").orElse(new Item.Known(0L)), values.size(), call);
        boolean keepDims = call.optionalBool(4, "keep_dims").orElse(false);
        Combiners.Combination combination = combination(function, input, call);
        List<Operand> results = new ArrayList<>(values);
        for (int i = axes.size() - 1; i >= 0; i--) {
            List<Value> given = results.stream().map(Value.class::cast).toList();
            results = combiners.reduce(given, fills, axes.get(i), combination, call.callee(), call.span());
        }
        return result(
                results.stream()
                        .map(operand -> reducer.restore(operand, axes, keepDims, call.span()))
                        .toList(),
                input);
    }

    private Item scan(CallArguments call) {
        Item function = call.required(0, "combine_fn");
        Item input = call.required(1, "input_tensor");
        List<Value> values = values(input, call);
        int axis = call.axis(call.required(2, "dim"), values.get(0).type().rank());
        boolean reverse = call.optionalBool(3, "reverse").orElse(false);
        Combiners.Combination combination = combination(function, input, call);
        return result(combiners.scan(values, axis, reverse, combination, call.callee(), call.span()), input);
    }

    private List<Value> values(Item input, CallArguments call) {
        List<Item> items = input instanceof Item.Sequence sequence ? sequence.items() : List.of(input);
        List<Value> values = new ArrayList<>();
        for (Item item : items) {
            if (!(context.operand(item, call.span()) instanceof Value value)
                    || value.type().isScalar()) {
                throw context.error(call.span(), MessageKey.NEEDS_TENSOR, call.callee(), "input_tensor");
            }
            values.add(value);
        }
        if (values.isEmpty()) {
            throw context.error(call.span(), MessageKey.NEEDS_TENSOR, call.callee(), "input_tensor");
        }
        // Shapes are those of the broadcast together.
        List<Dim> shape = List.of();
        for (Value value : values) {
            shape = ops.broadcast(shape, value.type().shape(), call.callee(), call.span());
        }
        List<Value> alike = new ArrayList<>();
        for (Value value : values) {
            alike.add((Value) ops.broadcastTo(value, shape, call.span()));
        }
        return alike;
    }

    private List<Literal> fills(Item other, int size, CallArguments call) {
        List<Literal> fills = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Item item = other;
            if (other instanceof Item.Sequence sequence) {
                if (sequence.items().size() != size) {
                    throw context.error(call.span(), MessageKey.COMBINE_RESULT, call.callee(), size);
                }
                item = sequence.items().get(i);
            }
            if (!(context.operand(item, call.span()) instanceof Literal literal)) {
                throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "other", item.describe());
            }
            fills.add(literal);
        }
        return fills;
    }

    /** Functions of tuples get two tuples, or all elements one by one. */
    private Combiners.Combination combination(Item function, Item input, CallArguments call) {
        boolean tuples = input instanceof Item.Sequence;
        return (left, right) -> {
            List<Item> arguments = new ArrayList<>();
            OptionalInt parameters = parameters(function);
            if (tuples && parameters.isPresent() && parameters.getAsInt() == 2) {
                arguments.add(tuple(left));
                arguments.add(tuple(right));
            } else {
                left.forEach(operand -> arguments.add(device(operand)));
                right.forEach(operand -> arguments.add(device(operand)));
            }
            Item made = invoker.invoke(function, arguments, call.span());
            List<Item> items = made instanceof Item.Sequence sequence ? sequence.items() : List.of(made);
            return items.stream()
                    .map(item -> context.operand(item, call.span()))
                    .toList();
        };
    }

    private static OptionalInt parameters(Item function) {
        Optional<Parameters> parameters = Optional.empty();
        if (function instanceof Item.UserFunction user) {
            parameters = Optional.of(user.definition().parameters());
        } else if (function instanceof Item.NestedFunction nested) {
            parameters = Optional.of(nested.definition().parameters());
        } else if (function instanceof Item.LambdaFunction lambda) {
            parameters = Optional.of(lambda.definition().parameters());
        }
        return parameters.map(found -> OptionalInt.of(found.all().size())).orElse(OptionalInt.empty());
    }

    private static Item tuple(List<Operand> operands) {
        return new Item.Sequence(operands.stream().map(Family::device).toList(), false);
    }

    private static Item result(List<Operand> results, Item input) {
        return input instanceof Item.Sequence ? tuple(results) : device(results.get(0));
    }
}
