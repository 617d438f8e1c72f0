package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** Python's builtin functions and those of {@code math}. */
final class Builtins {

    private static final Map<String, DoubleUnaryOperator> MATH = Map.of(
            "sqrt", Math::sqrt,
            "exp", Math::exp,
            "log", Math::log,
            "log2", x -> Math.log(x) / Math.log(2),
            "log10", Math::log10,
            "sin", Math::sin,
            "cos", Math::cos,
            "tanh", Math::tanh);

    private final Context context;
    private final DeviceOps ops;
    private final SequenceBuiltins sequences;

    Builtins(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.sequences = new SequenceBuiltins(context);
    }

    Item call(String path, CallArguments call) {
        String name = path.substring(path.indexOf('.') + 1);
        List<Item> arguments = call.positional();
        Optional<Item> folded = sequences.call(name, call);
        if (folded.isPresent()) {
            return folded.get();
        }
        switch (name) {
            case "float", "int", "bool" -> {
                return convert(name, call);
            }
            case "floor", "ceil", "isqrt", "gcd", "round", "pow", "log", "fabs", "trunc" -> {
                Optional<Item> number = Numbers.call(name, arguments);
                if (number.isPresent()) {
                    return number.get();
                }
                if (MATH.containsKey(name) && arguments.size() == 1) {
                    return math(name, call);
                }
                boolean tensors = context.builder.onDevice()
                        && !arguments.isEmpty()
                        && arguments.get(0) instanceof Item.Device
                        && path.startsWith("builtins.");
                if (tensors && (name.equals("round") || name.equals("pow"))) {
                    List<Operand> operands = new ArrayList<>();
                    arguments.forEach(item -> operands.add(context.operand(item, call.span())));
                    return new Item.Device(ops.pointwise(name, operands, call.span()));
                }
                boolean whole = name.equals("floor") || name.equals("ceil") || name.equals("round");
                if (whole && !context.builder.onDevice() && arguments.get(0) instanceof Item.Runtime) {
                    return new Item.Runtime(context.hostExpression(call.span()), DType.INT64);
                }
            }
            case "isinstance" -> {
                Optional<Boolean> answer = TypeTests.isInstance(call.required(0, "value"), call.required(1, "type"));
                if (answer.isPresent()) {
                    return new Item.Known(answer.get());
                }
            }
            case "callable" -> {
                Item item = call.required(0, "value");
                return new Item.Known(item instanceof Item.UserFunction
                        || item instanceof Item.LambdaFunction
                        || item instanceof Item.NestedFunction
                        || item instanceof Item.Partial
                        || item instanceof Item.Qualified);
            }
            case "str" -> {
                if (arguments.size() == 1
                        && arguments.get(0) instanceof Item.Known known
                        && (known.value() instanceof String || known.value() instanceof Long)) {
                    return new Item.Known(known.value().toString());
                }
            }
            case "slice" -> {
                return slice(arguments);
            }
            case "min", "max" -> {
                return extreme(name, call);
            }
            case "abs" -> {
                if (arguments.size() == 1) {
                    return absolute(arguments.get(0), call);
                }
            }
            case "enumerate", "zip" -> {
                if (context.builder.onDevice()) {
                    throw context.error(
                            call.span(),
                            MessageKey.NEEDS_CONSTANT,
                            name,
                            "sequence",
                            arguments.isEmpty() ? "nothing" : arguments.get(0).describe());
                }
            }
            case "cdiv" -> {
                return dividedUp(call);
            }
            case "next_power_of_2" -> {
                Optional<Size> size = Attributes.size(call.required(0, "n"));
                if (size.isPresent()) {
                    return Attributes.item(Size.of(Size.Operation.NEXT_POWER_OF_TWO, size.get()));
                }
            }
            default -> {
                if (MATH.containsKey(name) && arguments.size() == 1) {
                    return math(name, call);
                }
            }
        }
        if (context.builder.onDevice()) {
            throw context.error(call.span(), MessageKey.UNKNOWN_FUNCTION, call.callee(), "");
        }
        return new Item.Opaque("the result of `" + call.callee() + "`");
    }

    private Item convert(String name, CallArguments call) {
        Item item = call.required(0, "x");
        if (item instanceof Item.Known known) {
            if (name.equals("float") && known.value() instanceof String text) {
                return new Item.Known(
                        switch (text.strip().toLowerCase(java.util.Locale.ROOT)) {
                            case "inf", "infinity", "+inf" -> Double.POSITIVE_INFINITY;
                            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
                            case "nan" -> Double.NaN;
                            default -> Double.parseDouble(text.strip());
                        });
            }
            if (known.value() instanceof Number number) {
                return new Item.Known(
                        switch (name) {
                            case "float" -> (Object) number.doubleValue();
                            case "int" -> (Object) number.longValue();
                            default -> (Object) (number.doubleValue() != 0);
                        });
            }
        }
        if (context.builder.onDevice()) {
            DType dtype = switch (name) {
                case "float" -> DType.FLOAT32;
                case "int" -> DType.INT32;
                default -> DType.BOOL;
            };
            return new Item.Device(ops.cast(context.operand(item, call.span()), dtype, call.span()));
        }
        if (item instanceof Item.Sized && name.equals("int")) {
            return item;
        }
        // A number in any case, whatever host code makes it of.
        boolean launched = (item instanceof Item.Sized || item instanceof Item.Opaque) && !context.builder.onDevice();
        if (item instanceof Item.Runtime || item instanceof Item.Host || launched) {
            DType dtype = switch (name) {
                case "float" -> DType.FLOAT32;
                case "int" -> DType.INT64;
                default -> DType.BOOL;
            };
            boolean same = item instanceof Item.Runtime number && number.dtype() == dtype;
            return same ? item : new Item.Runtime(context.hostExpression(call.span()), dtype);
        }
        return new Item.Opaque("the result of `" + call.callee() + "`");
    }

    private static Item slice(List<Item> arguments) {
        List<Optional<Item>> parts = new ArrayList<>();
        for (Item item : arguments) {
            parts.add(Optional.of(item).filter(part -> !Context.isNone(part)));
        }
        if (parts.size() == 1) {
            return new Item.Slice(Optional.empty(), parts.get(0), Optional.empty());
        }
        return new Item.Slice(parts.get(0), parts.get(1), parts.size() > 2 ? parts.get(2) : Optional.empty());
    }

    private Item extreme(String name, CallArguments call) {
        Optional<Item.Sequence> sequence =
                call.positional().size() == 1 ? Sequences.of(call.positional().get(0)) : Optional.empty();
        List<Item> items = sequence.map(Item.Sequence::items).orElse(call.positional());
        Item result = null;
        for (Item item : items) {
            if (result == null) {
                result = item;
            } else if (result instanceof Item.Known a
                    && item instanceof Item.Known b
                    && a.value() instanceof Number x
                    && b.value() instanceof Number y) {
                boolean second =
                        name.equals("min") ? y.doubleValue() < x.doubleValue() : y.doubleValue() > x.doubleValue();
                result = second ? item : result;
            } else if (Attributes.size(result).isPresent()
                    && Attributes.size(item).isPresent()) {
                Size.Operation operation = name.equals("min") ? Size.Operation.MINIMUM : Size.Operation.MAXIMUM;
                result = Attributes.item(Size.of(
                        operation,
                        Attributes.size(result).orElseThrow(),
                        Attributes.size(item).orElseThrow()));
            } else if (context.builder.onDevice()) {
                List<Operand> operands =
                        List.of(context.operand(result, call.span()), context.operand(item, call.span()));
                result = new Item.Device(
                        ops.pointwise(name.equals("min") ? "minimum" : "maximum", operands, call.span()));
            } else if (Numbers.isNumber(result) && Numbers.isNumber(item)) {
                DType dtype = Numbers.isFloating(result) || Numbers.isFloating(item) ? DType.FLOAT32 : DType.INT64;
                return new Item.Runtime(context.hostExpression(call.span()), dtype);
            } else {
                return new Item.Opaque("the result of `" + call.callee() + "`");
            }
        }
        return result;
    }

    private Item absolute(Item item, CallArguments call) {
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            return new Item.Known(Math.abs(number));
        }
        if (item instanceof Item.Known known && known.value() instanceof Double number) {
            return new Item.Known(Math.abs(number));
        }
        if (item instanceof Item.Runtime number && !context.builder.onDevice()) {
            return new Item.Runtime(context.hostExpression(call.span()), number.dtype());
        }
        return context.builder.onDevice()
                ? new Item.Device(ops.pointwise("abs", List.of(context.operand(item, call.span())), call.span()))
                : new Item.Opaque("the result of `abs`");
    }

    private Item dividedUp(CallArguments call) {
        Item a = call.required(0, "a");
        Item b = call.required(1, "b");
        Optional<Size> m = Attributes.size(a);
        Optional<Size> n = Attributes.size(b);
        if (m.isPresent() && n.isPresent()) {
            return Attributes.item(Size.of(Size.Operation.CEIL_DIVIDE, m.get(), n.get()));
        }
        if (!context.builder.onDevice() && Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return divided(a, b, call);
        }
        if (!context.builder.onDevice()) {
            return new Item.Opaque("the result of `" + call.callee() + "`");
        }
        Operand dividend = context.operand(a, call.span());
        Operand divisor = context.operand(b, call.span());
        Operand less = ops.pointwise("sub", List.of(divisor, new Operand.Literal(1L, DType.INT64)), call.span());
        Operand sum = ops.pointwise("add", List.of(dividend, less), call.span());
        return new Item.Device(ops.pointwise("floor_divide", List.of(sum, divisor), call.span()));
    }

    private Item divided(Item a, Item b, CallArguments call) {
        Optional<Item.Given> given = Numbers.given(
                List.of(a, b),
                numbers -> Size.of(
                                Size.Operation.CEIL_DIVIDE,
                                Size.of(((Number) numbers.get(0)).longValue()),
                                Size.of(((Number) numbers.get(1)).longValue()))
                        .constant()
                        .getAsLong());
        return new Item.Runtime(context.hostExpression(call.span()), DType.INT64, given);
    }

    private Item math(String name, CallArguments call) {
        Item item = call.required(0, "x");
        if (item instanceof Item.Known known && known.value() instanceof Number number) {
            return new Item.Known(MATH.get(name).applyAsDouble(number.doubleValue()));
        }
        if (context.builder.onDevice()) {
            return new Item.Device(ops.pointwise(name, List.of(context.operand(item, call.span())), call.span()));
        }
        if (item instanceof Item.Runtime || item instanceof Item.Sized) {
            return new Item.Runtime(context.hostExpression(call.span()), DType.FLOAT32);
        }
        return new Item.Opaque("the result of `" + call.callee() + "`");
    }
}
