package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * torch functions and tensor methods in host code, as far as shapes, strides and dtypes of their results are needed.
 * What is not here runs in Python all the same; its result just cannot be used on the device.
 */
final class HostCalls {

    /** Gives a call its meaning; the receiver of a method is the first argument. */
    @FunctionalInterface
    private interface Handler {
        Item apply(CallArguments call);
    }

    private final Context context;
    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    HostCalls(Context context) {
        this.context = context;
        for (String name : List.of("empty", "zeros", "ones")) {
            handlers.put(name, call -> factory(call, 0, shape(call, 0), DType.FLOAT32));
            handlers.put(
                    "new_" + name,
                    call -> factory(call, 1, shape(call, 1), tensor(call).dtype()));
            handlers.put(name + "_like", this::like);
        }
        handlers.put("full_like", this::like);
        handlers.put("full", call -> factory(call, 2, shapeOf(call.required(0, "size"), call.span()), DType.FLOAT32));
        handlers.put(
                "new_full",
                call -> factory(
                        call,
                        3,
                        shapeOf(call.required(1, "size"), call.span()),
                        tensor(call).dtype()));
        handlers.put("size", this::size);
        handlers.put("stride", this::stride);
        handlers.put("numel", call -> known(tensor(call).numel()));
        handlers.put("dim", call -> known((long) tensor(call).rank()));
        handlers.put("is_contiguous", call -> new Item.Known(isContiguous(tensor(call))));
        handlers.put(
                "contiguous", call -> made(tensor(call).dtype(), tensor(call).shape()));
        handlers.put("view", this::view);
        handlers.put("reshape", this::view);
        handlers.put(
                "view_as",
                call -> made(
                        tensor(call).dtype(),
                        host(call.required(1, "other"), call.span()).shape()));
        handlers.put(
                "flatten",
                call -> made(tensor(call).dtype(), List.of(tensor(call).numel())));
        handlers.put("t", call -> transposed(tensor(call), 0, 1));
        handlers.put("transpose", this::transpose);
        handlers.put("permute", this::permute);
        handlers.put("unsqueeze", this::unsqueeze);
        handlers.put("to", this::to);
        handlers.put("float", call -> made(DType.FLOAT32, tensor(call).shape()));
        handlers.put("promote_types", this::promoteTypes);
        handlers.put("broadcast_tensors", this::broadcastTensors);
    }

    boolean knows(String name) {
        return handlers.containsKey(name);
    }

    /** The result, or an opaque item where the arguments are beyond what is followed here. */
    Item call(String name, CallArguments call) {
        return handlers.get(name).apply(call);
    }

    /** {@code x.T} and {@code x.mT}. */
    static Item transposed(HostTensor tensor) {
        return tensor.rank() < 2 ? new Item.Host(tensor) : transposed(tensor, tensor.rank() - 2, tensor.rank() - 1);
    }

    private Item factory(CallArguments call, int dtypePosition, List<Long> shape, DType standard) {
        DType dtype =
                call.keyword("dtype").map(item -> dtype(item, call.span())).orElse(standard);
        return made(dtype, shape);
    }

    private Item like(CallArguments call) {
        HostTensor like = tensor(call);
        DType dtype =
                call.keyword("dtype").map(item -> dtype(item, call.span())).orElse(like.dtype());
        List<Long> strides = isDense(like) ? like.strides() : ArgumentSpec.contiguousStrides(like.shape());
        return new Item.Host(new HostTensor("made", dtype, like.shape(), strides));
    }

    private Item size(CallArguments call) {
        HostTensor tensor = tensor(call);
        Optional<Item> dim = call.optional(1, "dim");
        if (dim.isPresent()) {
            return known(tensor.shape().get(call.axis(dim.get(), tensor.rank())));
        }
        return sequence(tensor.shape());
    }

    private Item stride(CallArguments call) {
        HostTensor tensor = tensor(call);
        Optional<Item> dim = call.optional(1, "dim");
        if (dim.isPresent()) {
            return known(tensor.strides().get(call.axis(dim.get(), tensor.rank())));
        }
        return sequence(tensor.strides());
    }

    private Item view(CallArguments call) {
        HostTensor tensor = tensor(call);
        if (call.positional().size() == 2
                && call.positional().get(1) instanceof Item.Known known
                && known.value() instanceof DType) {
            return new Item.Opaque("a view under another dtype");
        }
        if (!isContiguous(tensor)) {
            return new Item.Opaque("a view of the strided tensor `" + tensor.name() + "`");
        }
        List<Long> shape = new ArrayList<>(shape(call, 1));
        int open = shape.indexOf(-1L);
        if (open >= 0) {
            long rest = shape.stream().filter(extent -> extent != -1).reduce(1L, (a, b) -> a * b);
            shape.set(open, rest == 0 ? 0 : tensor.numel() / rest);
        }
        if (shape.stream().reduce(1L, (a, b) -> a * b) != tensor.numel()) {
            throw context.error(call.span(), MessageKey.SHAPE_MISMATCH, "view", tensor.shape(), shape);
        }
        return made(tensor.dtype(), shape);
    }

    private Item transpose(CallArguments call) {
        HostTensor tensor = tensor(call);
        return transposed(
                tensor,
                call.axis(call.required(1, "dim0"), tensor.rank()),
                call.axis(call.required(2, "dim1"), tensor.rank()));
    }

    private Item permute(CallArguments call) {
        HostTensor tensor = tensor(call);
        List<Long> shape = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (long axis : shape(call, 1)) {
            int at = (int) (axis < 0 ? axis + tensor.rank() : axis);
            shape.add(tensor.shape().get(at));
            strides.add(tensor.strides().get(at));
        }
        return new Item.Host(new HostTensor("made", tensor.dtype(), shape, strides));
    }

    private Item unsqueeze(CallArguments call) {
        HostTensor tensor = tensor(call);
        int axis = call.axis(call.required(1, "dim"), tensor.rank() + 1);
        List<Long> shape = new ArrayList<>(tensor.shape());
        List<Long> strides = new ArrayList<>(tensor.strides());
        shape.add(axis, 1L);
        strides.add(
                axis,
                axis < tensor.rank()
                        ? tensor.shape().get(axis) * tensor.strides().get(axis)
                        : 1L);
        return new Item.Host(new HostTensor("made", tensor.dtype(), shape, strides));
    }

    private Item to(CallArguments call) {
        HostTensor tensor = tensor(call);
        Optional<Item> dtype = call.optional(1, "dtype");
        if (dtype.isPresent() && dtype.get() instanceof Item.Known known && known.value() instanceof DType to) {
            return new Item.Host(new HostTensor("made", to, tensor.shape(), tensor.strides()));
        }
        return new Item.Opaque("the result of `.to`");
    }

    private Item promoteTypes(CallArguments call) {
        DType a = dtype(call.required(0, "type1"), call.span());
        DType b = dtype(call.required(1, "type2"), call.span());
        return new Item.Known(dev.perihelion.compiler.type.Promotion.common(a, b));
    }

    private Item broadcastTensors(CallArguments call) {
        List<HostTensor> tensors = new ArrayList<>();
        for (Item item : call.positional()) {
            tensors.add(host(item, call.span()));
        }
        int rank = tensors.stream().mapToInt(HostTensor::rank).max().orElse(0);
        Long[] shape = new Long[rank];
        Arrays.fill(shape, 1L);
        for (HostTensor tensor : tensors) {
            for (int i = 0; i < tensor.rank(); i++) {
                int at = rank - tensor.rank() + i;
                long extent = tensor.shape().get(i);
                if (extent != 1 && shape[at] != 1 && extent != shape[at]) {
                    throw context.error(
                            call.span(),
                            MessageKey.SHAPE_MISMATCH,
                            "broadcast_tensors",
                            List.of(shape),
                            tensor.shape());
                }
                shape[at] = extent == 1 ? shape[at] : Long.valueOf(extent);
            }
        }
        List<Item> result = new ArrayList<>();
        for (HostTensor tensor : tensors) {
            Long[] strides = new Long[rank];
            for (int at = 0; at < rank; at++) {
                int i = at - (rank - tensor.rank());
                strides[at] = i < 0 || tensor.shape().get(i) == 1 && shape[at] != 1
                        ? Long.valueOf(0)
                        : tensor.strides().get(i);
            }
            result.add(new Item.Host(new HostTensor("made", tensor.dtype(), List.of(shape), List.of(strides))));
        }
        return new Item.Sequence(result, false);
    }

    private static Item transposed(HostTensor tensor, int a, int b) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        List<Long> strides = new ArrayList<>(tensor.strides());
        java.util.Collections.swap(shape, a, b);
        java.util.Collections.swap(strides, a, b);
        return new Item.Host(new HostTensor("made", tensor.dtype(), shape, strides));
    }

    private static Item made(DType dtype, List<Long> shape) {
        return new Item.Host(new HostTensor("made", dtype, shape, ArgumentSpec.contiguousStrides(shape)));
    }

    private static Item known(long number) {
        return new Item.Known(number);
    }

    private static Item sequence(List<Long> numbers) {
        return new Item.Sequence(numbers.stream().map(HostCalls::known).toList(), false);
    }

    private HostTensor tensor(CallArguments call) {
        return host(call.required(0, "input"), call.span());
    }

    private HostTensor host(Item item, Span span) {
        if (item instanceof Item.Host host) {
            return host.tensor();
        }
        throw context.error(span, MessageKey.NEEDS_HOST_TENSOR, "this call", item.describe());
    }

    private DType dtype(Item item, Span span) {
        if (item instanceof Item.Known known && known.value() instanceof DType dtype) {
            return dtype;
        }
        if (Context.isNone(item)) {
            return DType.FLOAT32;
        }
        throw context.error(span, MessageKey.NEEDS_CONSTANT, "this call", "dtype", item.describe());
    }

    /** Extents given one by one from {@code first} on, or as one sequence. */
    private List<Long> shape(CallArguments call, int first) {
        List<Item> items = new ArrayList<>(call.positional()
                .subList(
                        Math.min(first, call.positional().size()),
                        call.positional().size()));
        call.keyword("size").ifPresent(items::add);
        if (items.size() == 1) {
            return shapeOf(items.get(0), call.span());
        }
        return shapeOf(new Item.Sequence(items, false), call.span());
    }

    private List<Long> shapeOf(Item item, Span span) {
        List<Item> items = item instanceof Item.Sequence sequence ? sequence.items() : List.of(item);
        List<Long> shape = new ArrayList<>();
        for (Item extent : items) {
            if (extent instanceof Item.Known known && known.value() instanceof Long number) {
                shape.add(number);
            } else {
                throw context.error(span, MessageKey.BAD_EXTENT, extent.describe());
            }
        }
        return shape;
    }

    static boolean isContiguous(HostTensor tensor) {
        long expected = 1;
        for (int i = tensor.rank() - 1; i >= 0; i--) {
            if (tensor.shape().get(i) != 1 && tensor.strides().get(i) != expected) {
                return false;
            }
            expected *= tensor.shape().get(i);
        }
        return true;
    }

    private static boolean isDense(HostTensor tensor) {
        return tensor.numel() == 0
                || tensor.span() == tensor.numel() && !tensor.strides().contains(0L);
    }
}
