package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
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
        handlers.put("numel", call -> Attributes.item(tensor(call).numel()));
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

    private Item factory(CallArguments call, int dtypePosition, List<Size> shape, DType standard) {
        DType dtype =
                call.keyword("dtype").map(item -> dtype(item, call.span())).orElse(standard);
        return made(dtype, shape);
    }

    private Item like(CallArguments call) {
        HostTensor like = tensor(call);
        DType dtype =
                call.keyword("dtype").map(item -> dtype(item, call.span())).orElse(like.dtype());
        List<Size> strides = isDense(like) ? like.strides() : contiguousStrides(like.shape());
        return new Item.Host(new HostTensor("made", dtype, like.shape(), strides));
    }

    private Item size(CallArguments call) {
        HostTensor tensor = tensor(call);
        Optional<Item> dim = call.optional(1, "dim");
        if (dim.isPresent()) {
            return Attributes.item(tensor.shape().get(call.axis(dim.get(), tensor.rank())));
        }
        return sequence(tensor.shape());
    }

    private Item stride(CallArguments call) {
        HostTensor tensor = tensor(call);
        Optional<Item> dim = call.optional(1, "dim");
        if (dim.isPresent()) {
            return Attributes.item(tensor.strides().get(call.axis(dim.get(), tensor.rank())));
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
        List<Size> shape = new ArrayList<>(shape(call, 1));
        int open = shape.indexOf(Size.of(-1));
        if (open >= 0) {
            shape.set(open, Size.ONE);
            shape.set(open, Size.of(Size.Operation.FLOOR_DIVIDE, tensor.numel(), product(shape)));
        }
        boolean known = tensor.constantShape().isPresent()
                && shape.stream().allMatch(size -> size.constant().isPresent());
        if (known && !product(shape).equals(tensor.numel())) {
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
        List<Size> shape = new ArrayList<>();
        List<Size> strides = new ArrayList<>();
        for (Size size : shape(call, 1)) {
            long axis = size.constant().orElse(0);
            int at = (int) (axis < 0 ? axis + tensor.rank() : axis);
            shape.add(tensor.shape().get(at));
            strides.add(tensor.strides().get(at));
        }
        return new Item.Host(new HostTensor("made", tensor.dtype(), shape, strides));
    }

    private Item unsqueeze(CallArguments call) {
        HostTensor tensor = tensor(call);
        int axis = call.axis(call.required(1, "dim"), tensor.rank() + 1);
        List<Size> shape = new ArrayList<>(tensor.shape());
        List<Size> strides = new ArrayList<>(tensor.strides());
        shape.add(axis, Size.ONE);
        strides.add(
                axis,
                axis < tensor.rank()
                        ? Size.of(
                                Size.Operation.MULTIPLY,
                                tensor.shape().get(axis),
                                tensor.strides().get(axis))
                        : Size.ONE);
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
        Size[] shape = new Size[rank];
        Arrays.fill(shape, Size.ONE);
        for (HostTensor tensor : tensors) {
            for (int i = 0; i < tensor.rank(); i++) {
                int at = rank - tensor.rank() + i;
                Size extent = tensor.shape().get(i);
                if (!extent.equals(Size.ONE) && !shape[at].equals(Size.ONE) && !extent.equals(shape[at])) {
                    throw context.error(
                            call.span(),
                            MessageKey.SHAPE_MISMATCH,
                            "broadcast_tensors",
                            List.of(shape),
                            tensor.shape());
                }
                shape[at] = extent.equals(Size.ONE) ? shape[at] : extent;
            }
        }
        List<Item> result = new ArrayList<>();
        for (HostTensor tensor : tensors) {
            Size[] strides = new Size[rank];
            for (int at = 0; at < rank; at++) {
                int i = at - (rank - tensor.rank());
                strides[at] = i < 0 || tensor.shape().get(i).equals(Size.ONE) && !shape[at].equals(Size.ONE)
                        ? Size.ZERO
                        : tensor.strides().get(i);
            }
            result.add(new Item.Host(new HostTensor("made", tensor.dtype(), List.of(shape), List.of(strides))));
        }
        return new Item.Sequence(result, false);
    }

    private static Item transposed(HostTensor tensor, int a, int b) {
        List<Size> shape = new ArrayList<>(tensor.shape());
        List<Size> strides = new ArrayList<>(tensor.strides());
        java.util.Collections.swap(shape, a, b);
        java.util.Collections.swap(strides, a, b);
        return new Item.Host(new HostTensor("made", tensor.dtype(), shape, strides));
    }

    private static Item made(DType dtype, List<Size> shape) {
        return new Item.Host(new HostTensor("made", dtype, shape, contiguousStrides(shape)));
    }

    private static Item known(long number) {
        return new Item.Known(number);
    }

    private static Item sequence(List<Size> numbers) {
        return new Item.Sequence(numbers.stream().map(Attributes::item).toList(), false);
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
    private List<Size> shape(CallArguments call, int first) {
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

    private List<Size> shapeOf(Item item, Span span) {
        List<Item> items = item instanceof Item.Sequence sequence ? sequence.items() : List.of(item);
        List<Size> shape = new ArrayList<>();
        for (Item extent : items) {
            shape.add(Attributes.size(extent)
                    .orElseThrow(() -> context.error(span, MessageKey.BAD_EXTENT, extent.describe())));
        }
        return shape;
    }

    static boolean isContiguous(HostTensor tensor) {
        Size expected = Size.ONE;
        for (int i = tensor.rank() - 1; i >= 0; i--) {
            if (!tensor.shape().get(i).equals(Size.ONE)
                    && !tensor.strides().get(i).equals(expected)) {
                return false;
            }
            expected = Size.of(Size.Operation.MULTIPLY, expected, tensor.shape().get(i));
        }
        return true;
    }

    private static boolean isDense(HostTensor tensor) {
        if (tensor.constantShape().isEmpty() || tensor.constantStrides().isEmpty()) {
            return isContiguous(tensor);
        }
        long numel = tensor.numel().constant().orElseThrow();
        long span = tensor.span(size -> size.constant().orElseThrow());
        return numel == 0 || span == numel && !tensor.strides().contains(Size.ZERO);
    }

    private static Size product(List<Size> sizes) {
        return sizes.stream().reduce(Size.ONE, (a, b) -> Size.of(Size.Operation.MULTIPLY, a, b));
    }

    /** The strides of a tensor of this shape without gaps, the last axis the fastest. */
    static List<Size> contiguousStrides(List<Size> shape) {
        List<Size> strides = new ArrayList<>();
        Size stride = Size.ONE;
        for (int i = shape.size() - 1; i >= 0; i--) {
            strides.add(0, stride);
            Size extent = Size.of(Size.Operation.MAXIMUM, shape.get(i), Size.ONE);
            stride = Size.of(Size.Operation.MULTIPLY, stride, extent);
        }
        return strides;
    }
}
