package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.BinaryOperator;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * torch functions and tensor methods in host code, as far as shapes, strides and dtypes of their results are needed.
 * What is not here runs in Python all the same; its result just cannot be used on the device.
 */
final class HostCalls {

    /** What gives the tensor itself where nothing is to do. */
    private static final Set<String> MAY_BE_ITSELF = Set.of(
            "contiguous",
            "to",
            "type",
            "type_as",
            "float",
            "double",
            "half",
            "bfloat16",
            "int",
            "long",
            "short",
            "char",
            "byte",
            "bool",
            "as_tensor");

    private final Context context;
    private final HostArithmetic arithmetic;
    private final HostReductions reductions;
    private final Map<String, HostFamily.Handler> handlers = new LinkedHashMap<>();
    private final Set<String> views = new HashSet<>(MAY_BE_ITSELF);

    HostCalls(Context context) {
        this.context = context;
        this.arithmetic = new HostArithmetic(context);
        this.reductions = new HostReductions(context);
        HostViews ofOne = new HostViews(context);
        views.addAll(ofOne.handlers().keySet());
        for (HostFamily family : List.of(
                new HostQueries(context),
                ofOne,
                new HostFactories(context),
                arithmetic,
                reductions,
                new HostSelections(context),
                new HostContractions(context))) {
            handlers.putAll(family.handlers());
        }
    }

    boolean knows(String name) {
        return handlers.containsKey(name);
    }

    /** The result, or an opaque item where the arguments are beyond what is followed here. */
    Item call(String name, CallArguments call) {
        Item result = handlers.get(name)
                .apply(call)
                .orElseGet(() -> new Item.Opaque("the result of `" + call.callee() + "`"));
        boolean shares = views.contains(name)
                && !call.positional().isEmpty()
                && call.positional().get(0) instanceof Item.Host;
        return shares
                ? HostShapes.sharing(result, ((Item.Host) call.positional().get(0)).tensor())
                : result;
    }

    /** {@code left op right} with a host tensor on a side. */
    Optional<Item> operator(BinaryOperator operator, String name, List<Item> operands, Span span) {
        return operator == BinaryOperator.MATMUL
                ? reductions.matmul(
                        operands.get(0), operands.get(1), new CallArguments(context, "@", operands, Map.of(), span))
                : arithmetic.operator(name, operands, span);
    }

    /** A comparison or another elementwise operation by its name. */
    Optional<Item> operator(String name, List<Item> operands, Span span) {
        return arithmetic.operator(name, operands, span);
    }

    /** {@code x.T} and {@code x.mT}. */
    static Item transposed(HostTensor tensor) {
        return tensor.rank() < 2 ? new Item.Host(tensor) : transposed(tensor, tensor.rank() - 2, tensor.rank() - 1);
    }

    static Item transposed(HostTensor tensor, int a, int b) {
        List<Size> shape = new ArrayList<>(tensor.shape());
        List<Size> strides = new ArrayList<>(tensor.strides());
        Collections.swap(shape, a, b);
        Collections.swap(strides, a, b);
        return HostShapes.sharing(HostShapes.made(tensor.dtype(), shape, strides), tensor);
    }

    /** {@code x.item()}: a number that only the launch knows. */
    static Item number(HostTensor tensor, String text) {
        DType dtype = switch (tensor.dtype().category()) {
            case BOOL -> DType.BOOL;
            case INTEGER -> DType.INT64;
            case FLOATING -> DType.FLOAT32;
        };
        return new Item.Runtime(text, dtype);
    }
}
