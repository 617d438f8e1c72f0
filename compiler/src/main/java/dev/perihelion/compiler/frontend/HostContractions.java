package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Host functions that multiply tensors along axes: {@code einsum} and its relatives. */
final class HostContractions extends HostFamily {

    HostContractions(Context context) {
        super(context);
        put("einsum", this::einsum);
        putAll(List.of("outer", "ger"), this::outer);
        putAll(List.of("dot", "vdot", "inner"), this::dot);
        put("mv", this::mv);
        put("linear", this::linear);
        put(
                "baddbmm",
                call -> followed(HostShapes.made(
                        tensor(call).dtype(), product(host(call.required(1, "batch1"), call.span()), call))));
    }

    private static List<Size> product(HostTensor left, CallArguments call) {
        List<Size> shape = new ArrayList<>(left.shape());
        Item right = call.required(2, "batch2");
        if (right instanceof Item.Host host) {
            shape.set(shape.size() - 1, host.tensor().shape().get(host.tensor().rank() - 1));
        }
        return shape;
    }

    /** Letters name axes; torch chooses the result's layout. */
    private Optional<Item> einsum(CallArguments call) {
        if (!(call.required(0, "equation") instanceof Item.Known known && known.value() instanceof String equation)
                || equation.contains(".")) {
            return Optional.empty();
        }
        List<Item> operands = call.positional().subList(1, call.positional().size());
        if (operands.size() == 1 && operands.get(0) instanceof Item.Sequence sequence) {
            operands = sequence.items();
        }
        String[] sides = equation.replace(" ", "").split("->", -1);
        String[] inputs = sides[0].split(",", -1);
        Map<Character, Size> extents = new LinkedHashMap<>();
        Optional<DType> dtype = Optional.empty();
        for (int i = 0; i < inputs.length; i++) {
            if (i >= operands.size() || !(operands.get(i) instanceof Item.Host host)) {
                return Optional.empty();
            }
            HostTensor tensor = host.tensor();
            if (tensor.rank() != inputs[i].length()) {
                return Optional.empty();
            }
            dtype = Optional.of(
                    dtype.map(type -> Promotion.common(type, tensor.dtype())).orElse(tensor.dtype()));
            for (int axis = 0; axis < tensor.rank(); axis++) {
                Size extent = tensor.shape().get(axis);
                extents.merge(inputs[i].charAt(axis), extent, (a, b) -> a.equals(Size.ONE) ? b : a);
            }
        }
        String output = sides.length > 1 ? sides[1] : free(sides[0]);
        if (!output.chars().allMatch(letter -> extents.containsKey((char) letter))) {
            return Optional.empty();
        }
        List<Size> shape =
                output.chars().mapToObj(letter -> extents.get((char) letter)).toList();
        return dtype.map(type -> HostShapes.somehow(context, type, shape, shape.isEmpty()));
    }

    /** The letters that stand once, in alphabetical order. */
    private static String free(String inputs) {
        StringBuilder once = new StringBuilder();
        new TreeSet<>(inputs.chars().boxed().toList())
                .stream()
                        .filter(letter -> letter != ',' && inputs.indexOf(letter) == inputs.lastIndexOf(letter))
                        .forEach(once::appendCodePoint);
        return once.toString();
    }

    private Optional<Item> outer(CallArguments call) {
        HostTensor a = tensor(call);
        HostTensor b = host(call.required(1, "vec2"), call.span());
        return followed(HostShapes.made(
                Promotion.common(a.dtype(), b.dtype()),
                List.of(a.shape().get(0), b.shape().get(0))));
    }

    private Optional<Item> dot(CallArguments call) {
        HostTensor a = tensor(call);
        return a.rank() == 1 ? followed(HostShapes.made(a.dtype(), List.of())) : Optional.empty();
    }

    private Optional<Item> mv(CallArguments call) {
        HostTensor a = tensor(call);
        return followed(HostShapes.made(a.dtype(), List.of(a.shape().get(0))));
    }

    private Optional<Item> linear(CallArguments call) {
        HostTensor input = tensor(call);
        HostTensor weight = host(call.required(1, "weight"), call.span());
        List<Size> shape = new ArrayList<>(input.shape());
        shape.set(shape.size() - 1, weight.shape().get(0));
        return followed(HostShapes.made(input.dtype(), shape));
    }
}
