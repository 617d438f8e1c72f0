package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code torch.einsum} of one tensor or two: a matrix product where it is one, else sums of products. */
final class Contractions {

    private final Context context;
    private final DeviceOps ops;
    private final Reducer reducer;

    Contractions(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.reducer = new Reducer(context, ops);
    }

    /** A value whose axes have letters. */
    private record Lettered(Value value, String letters) {}

    Item einsum(CallArguments call) {
        String equation = call.optionalString(0, "equation").orElse("").replace(" ", "");
        List<Value> values = new ArrayList<>();
        Item second = call.required(1, "operands");
        if (second instanceof Item.Sequence sequence) {
            sequence.items().forEach(item -> values.add(tensor(item, call)));
        } else {
            for (int i = 1; i < call.positional().size(); i++) {
                values.add(tensor(call.required(i, "operands"), call));
            }
        }
        String[] sides = equation.split("->", -1);
        String[] inputs = sides[0].split(",", -1);
        boolean fits =
                equation.matches("[A-Za-z,]+(->[A-Za-z]*)?") && inputs.length == values.size() && inputs.length <= 2;
        for (int i = 0; fits && i < inputs.length; i++) {
            String letters = inputs[i];
            fits = letters.length() == values.get(i).type().rank()
                    && letters.chars().distinct().count() == letters.length();
        }
        String output = sides.length > 1 ? sides[1] : fits ? implied(inputs) : "";
        String all = String.join("", inputs);
        fits &= output.chars().distinct().count() == output.length()
                && output.chars().allMatch(letter -> all.indexOf(letter) >= 0);
        if (!fits) {
            throw context.error(call.span(), MessageKey.EINSUM, equation);
        }
        Lettered left = new Lettered(values.get(0), inputs[0]);
        Operand result = values.size() == 1
                ? ordered(summed(left, output, call.span()), output, call.span())
                : product(left, new Lettered(values.get(1), inputs[1]), output, call.span());
        return new Item.Device(result);
    }

    private Value tensor(Item item, CallArguments call) {
        if (context.operand(item, call.span()) instanceof Value value
                && value.type().rank() > 0) {
            return value;
        }
        throw context.error(call.span(), MessageKey.NEEDS_TENSOR, call.callee(), "operands");
    }

    /** Without an arrow: the letters that occur once, in alphabetical order. */
    private static String implied(String[] inputs) {
        String all = String.join("", inputs);
        StringBuilder once = new StringBuilder();
        all.chars()
                .sorted()
                .filter(letter -> all.indexOf(letter) == all.lastIndexOf(letter))
                .forEach(letter -> once.append((char) letter));
        return once.toString();
    }

    /** Without the axes whose letters are not among these. */
    private Lettered summed(Lettered given, String kept, Span span) {
        Operand value = given.value();
        String letters = given.letters();
        for (int axis = letters.length() - 1; axis >= 0; axis--) {
            if (kept.indexOf(letters.charAt(axis)) < 0) {
                DType dtype = value.type().dtype();
                value = ops.cast(reducer.reduce(ReduceOp.SUM, value, axis, false, span), dtype, span);
                letters = letters.substring(0, axis) + letters.substring(axis + 1);
            }
        }
        return new Lettered((Value) value, letters);
    }

    private Operand ordered(Lettered given, String output, Span span) {
        List<Integer> order = new ArrayList<>();
        output.chars().forEach(letter -> order.add(given.letters().indexOf(letter)));
        boolean same = given.letters().equals(output);
        return same ? given.value() : ops.permute(given.value(), order, span);
    }

    private Operand product(Lettered a, Lettered b, String output, Span span) {
        Lettered left = summed(a, b.letters() + output, span);
        Lettered right = summed(b, a.letters() + output, span);
        String shared = common(left.letters(), right.letters());
        String batch = common(shared, output);
        String inner = without(shared, output);
        String rows = without(left.letters(), right.letters());
        String columns = without(right.letters(), left.letters());
        DType dtype = Promotion.common(List.of(left.value(), right.value()));
        boolean matrices = batch.length() <= 1
                && inner.length() == 1
                && rows.length() == 1
                && columns.length() == 1
                && dtype.isFloating();
        if (matrices) {
            Value first = (Value) ordered(left, batch + rows + inner, span);
            Value second = (Value) ordered(right, batch + inner + columns, span);
            Operand product = ops.dot(first, second, Optional.empty(), Optional.of(dtype), span);
            return ordered(new Lettered((Value) product, batch + rows + columns), output, span);
        }
        String letters = batch + rows + columns + inner;
        DType wide = dtype.isFloating() ? Family.computeType(dtype) : dtype;
        Operand first = ops.cast(spread(left, letters, span), wide, span);
        Operand second = ops.cast(spread(right, letters, span), wide, span);
        Value product = (Value) ops.pointwise("mul", List.of(first, second), span);
        Lettered sum = summed(new Lettered(product, letters), output, span);
        return ops.cast(ordered(sum, output, span), dtype, span);
    }

    /** The value with an axis for each of these letters, of one element where it has none of its own. */
    private Value spread(Lettered given, String letters, Span span) {
        String own = letters.chars()
                .filter(letter -> given.letters().indexOf(letter) >= 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        Value sorted = (Value) ordered(given, own, span);
        List<Integer> axes = new ArrayList<>();
        letters.chars().forEach(letter -> axes.add(own.indexOf(letter)));
        return ops.expandDims(sorted, axes, span);
    }

    private static String common(String a, String b) {
        return a.replaceAll("[^" + b + "-]", "").replace("-", "");
    }

    private static String without(String a, String b) {
        return b.isEmpty() ? a : a.replaceAll("[" + b + "]", "");
    }
}
