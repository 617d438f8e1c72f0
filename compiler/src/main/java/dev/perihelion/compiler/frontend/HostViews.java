package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Host functions that show the elements of one tensor under other axes, mostly without a copy. */
final class HostViews extends HostFamily {

    HostViews(Context context) {
        super(context);
        put("view", call -> view(call, false));
        put("reshape", call -> view(call, true));
        put(
                "view_as",
                call -> shaped(
                        call, host(call.required(1, "other"), call.span()).shape(), false));
        put(
                "reshape_as",
                call -> shaped(
                        call, host(call.required(1, "other"), call.span()).shape(), true));
        putAll(List.of("flatten", "ravel"), this::flatten);
        put("unflatten", this::unflatten);
        putAll(List.of("t", "adjoint", "swapaxes", "swapdims", "transpose"), this::transpose);
        put("permute", this::permute);
        put("movedim", this::movedim);
        put("moveaxis", this::movedim);
        put("unsqueeze", this::unsqueeze);
        put("squeeze", this::squeeze);
        putAll(List.of("expand", "broadcast_to"), call -> HostShapes.expanded(tensor(call), sizes(call, 1, "size")));
        put(
                "expand_as",
                call -> HostShapes.expanded(
                        tensor(call),
                        host(call.required(1, "other"), call.span()).shape()));
        put("broadcast_tensors", this::broadcastTensors);
        put("narrow", this::narrow);
        put("select", this::select);
        put("chunk", this::chunk);
        put("split", this::split);
        put("unbind", this::unbind);
        put("as_strided", this::asStrided);
        putAll(
                List.of("detach", "requires_grad_", "data", "alias", "cuda", "pin_memory", "fill_", "zero_", "normal_"),
                this::itself);
        putAll(List.of("uniform_", "copy_", "add_", "mul_", "sub_", "div_", "clamp_", "random_"), this::itself);
    }

    private Optional<Item> itself(CallArguments call) {
        return followed(new Item.Host(tensor(call)));
    }

    private Optional<Item> view(CallArguments call, boolean copies) {
        Optional<Item> asked =
                call.positional().size() == 2 ? Optional.of(call.positional().get(1)) : call.keyword("dtype");
        if (asked.isPresent() && asked.get() instanceof Item.Known known && known.value() instanceof DType dtype) {
            return reinterpreted(tensor(call), dtype);
        }
        return shaped(call, sizes(call, 1, call.keywords().containsKey("shape") ? "shape" : "size"), copies);
    }

    private Optional<Item> shaped(CallArguments call, List<Size> wanted, boolean copies) {
        HostTensor tensor = tensor(call);
        List<Size> shape = HostShapes.completed(wanted, tensor.numel())
                .orElseThrow(() ->
                        context.error(call.span(), MessageKey.SHAPE_MISMATCH, call.callee(), tensor.shape(), wanted));
        Optional<List<Size>> strides = HostShapes.viewStrides(tensor, shape);
        boolean known = tensor.constantShape().isPresent()
                && tensor.constantStrides().isPresent()
                && shape.stream().allMatch(size -> size.constant().isPresent());
        if (strides.isEmpty() && copies && known) {
            strides = Optional.of(HostShapes.contiguousStrides(shape));
        }
        if (strides.isEmpty() && !known) {
            return followed(HostShapes.somehow(context, tensor.dtype(), shape, false));
        }
        return strides.map(found -> HostShapes.made(tensor.dtype(), shape, found));
    }

    /** The same bytes as elements of another type; the last axis takes up the difference in length. */
    private static Optional<Item> reinterpreted(HostTensor tensor, DType dtype) {
        int from = tensor.dtype().bytes();
        int to = dtype.bytes();
        if (from == to) {
            return followed(HostShapes.made(dtype, tensor.shape(), tensor.strides()));
        }
        int last = tensor.rank() - 1;
        if (last < 0 || !tensor.strides().get(last).equals(Size.ONE)) {
            return Optional.empty();
        }
        List<Size> shape = new ArrayList<>(tensor.shape());
        List<Size> strides = new ArrayList<>(tensor.strides());
        for (int i = 0; i < last; i++) {
            strides.set(i, scaled(strides.get(i), from, to));
        }
        shape.set(last, scaled(shape.get(last), from, to));
        return followed(HostShapes.made(dtype, shape, strides));
    }

    private static Size scaled(Size size, int from, int to) {
        return from > to
                ? HostShapes.times(size, Size.of(from / to))
                : Size.of(Size.Operation.FLOOR_DIVIDE, size, Size.of(to / from));
    }

    private Optional<Item> flatten(CallArguments call) {
        HostTensor tensor = tensor(call);
        if (tensor.rank() == 0) {
            return shaped(call, List.of(Size.ONE), true);
        }
        int start = call.optional(1, "start_dim")
                .map(item -> call.axis(item, tensor.rank()))
                .orElse(0);
        int end = call.optional(2, "end_dim")
                .map(item -> call.axis(item, tensor.rank()))
                .orElse(tensor.rank() - 1);
        List<Size> shape = new ArrayList<>(tensor.shape().subList(0, start));
        shape.add(HostShapes.product(tensor.shape().subList(start, end + 1)));
        shape.addAll(tensor.shape().subList(end + 1, tensor.rank()));
        return shaped(call, shape, true);
    }

    private Optional<Item> unflatten(CallArguments call) {
        HostTensor tensor = tensor(call);
        int axis = call.axis(call.required(1, "dim"), tensor.rank());
        List<Size> parts = HostShapes.completed(
                        sizesOf(call.required(2, "sizes"), call.span()),
                        tensor.shape().get(axis))
                .orElseThrow(() -> context.error(
                        call.span(),
                        MessageKey.SHAPE_MISMATCH,
                        call.callee(),
                        tensor.shape(),
                        call.required(2, "sizes").describe()));
        List<Size> shape = new ArrayList<>(tensor.shape().subList(0, axis));
        shape.addAll(parts);
        shape.addAll(tensor.shape().subList(axis + 1, tensor.rank()));
        return shaped(call, shape, false);
    }

    private Optional<Item> transpose(CallArguments call) {
        HostTensor tensor = tensor(call);
        boolean named = call.positional().size() > 1 || !call.keywords().isEmpty();
        if (!named) {
            return followed(HostCalls.transposed(tensor));
        }
        String suffix = call.keywords().containsKey("axis0") ? "axis" : "dim";
        int a = call.axis(call.required(1, suffix + "0"), tensor.rank());
        int b = call.axis(call.required(2, suffix + "1"), tensor.rank());
        return followed(HostCalls.transposed(tensor, a, b));
    }

    private Optional<Item> permute(CallArguments call) {
        return followed(
                permuted(tensor(call), axes(call, 1, "dims", tensor(call).rank())));
    }

    private static Item permuted(HostTensor tensor, List<Integer> order) {
        return HostShapes.made(
                tensor.dtype(),
                order.stream().map(tensor.shape()::get).toList(),
                order.stream().map(tensor.strides()::get).toList());
    }

    private Optional<Item> movedim(CallArguments call) {
        HostTensor tensor = tensor(call);
        List<Integer> from = axes(call.required(1, "source"), call, tensor.rank());
        List<Integer> to = axes(call.required(2, "destination"), call, tensor.rank());
        Integer[] order = new Integer[tensor.rank()];
        for (int i = 0; i < from.size(); i++) {
            order[to.get(i)] = from.get(i);
        }
        int next = 0;
        for (int i = 0; i < order.length; i++) {
            while (order[i] == null) {
                if (!from.contains(next)) {
                    order[i] = next;
                }
                next++;
            }
        }
        return followed(permuted(tensor, List.of(order)));
    }

    private List<Integer> axes(Item item, CallArguments call, int rank) {
        return sizesOf(item, call.span()).stream()
                .map(size -> call.axis(Attributes.item(size), rank))
                .toList();
    }

    private Optional<Item> unsqueeze(CallArguments call) {
        HostTensor tensor = tensor(call);
        return followed(unsqueezed(tensor, call.axis(call.required(1, "dim"), tensor.rank() + 1)));
    }

    static Item unsqueezed(HostTensor tensor, int axis) {
        List<Size> shape = new ArrayList<>(tensor.shape());
        List<Size> strides = new ArrayList<>(tensor.strides());
        Size stride = axis < tensor.rank()
                ? HostShapes.times(tensor.shape().get(axis), tensor.strides().get(axis))
                : Size.ONE;
        shape.add(axis, Size.ONE);
        strides.add(axis, stride);
        return HostShapes.made(tensor.dtype(), shape, strides);
    }

    private Optional<Item> squeeze(CallArguments call) {
        HostTensor tensor = tensor(call);
        boolean all = call.positional().size() < 2 && call.keyword("dim").isEmpty();
        List<Integer> dropped = all ? allAxes(tensor) : axes(call, 1, "dim", tensor.rank());
        List<Integer> kept = new ArrayList<>();
        for (int axis = 0; axis < tensor.rank(); axis++) {
            if (!dropped.contains(axis) || !tensor.shape().get(axis).equals(Size.ONE)) {
                kept.add(axis);
            }
        }
        return followed(permuted(tensor, kept));
    }

    private static List<Integer> allAxes(HostTensor tensor) {
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < tensor.rank(); i++) {
            axes.add(i);
        }
        return axes;
    }

    private Optional<Item> broadcastTensors(CallArguments call) {
        List<HostTensor> tensors = new ArrayList<>();
        for (Item item : call.positional()) {
            tensors.add(host(item, call.span()));
        }
        List<List<Size>> shapes = tensors.stream().map(HostTensor::shape).toList();
        List<Size> shape = HostShapes.broadcast(shapes)
                .orElseThrow(() -> context.error(
                        call.span(),
                        MessageKey.SHAPE_MISMATCH,
                        "broadcast_tensors",
                        shapes.get(0),
                        shapes.get(shapes.size() - 1)));
        List<Item> result = new ArrayList<>();
        tensors.forEach(tensor -> result.add(HostShapes.expanded(tensor, shape).orElseThrow()));
        return followed(new Item.Sequence(result, false));
    }

    private Optional<Item> narrow(CallArguments call) {
        HostTensor tensor = tensor(call);
        int axis = call.axis(call.required(1, "dim"), tensor.rank());
        List<Size> length = sizesOf(call.required(3, "length"), call.span());
        return followed(cut(tensor, axis, length.get(0)));
    }

    private static Item cut(HostTensor tensor, int axis, Size length) {
        List<Size> shape = new ArrayList<>(tensor.shape());
        shape.set(axis, length);
        return HostShapes.made(tensor.dtype(), shape, tensor.strides());
    }

    private Optional<Item> select(CallArguments call) {
        HostTensor tensor = tensor(call);
        return followed(without(tensor, call.axis(call.required(1, "dim"), tensor.rank())));
    }

    private static Item without(HostTensor tensor, int axis) {
        List<Integer> kept = allAxes(tensor);
        kept.remove(axis);
        return permuted(tensor, kept);
    }

    private Optional<Item> chunk(CallArguments call) {
        HostTensor tensor = tensor(call);
        Size chunks = sizesOf(call.required(1, "chunks"), call.span()).get(0);
        int axis = call.optional(2, "dim")
                .map(item -> call.axis(item, tensor.rank()))
                .orElse(0);
        Size piece = Size.of(
                Size.Operation.MAXIMUM,
                Size.ONE,
                Size.of(Size.Operation.CEIL_DIVIDE, tensor.shape().get(axis), chunks));
        return pieces(tensor, axis, piece);
    }

    private Optional<Item> split(CallArguments call) {
        HostTensor tensor = tensor(call);
        String name = call.keywords().containsKey("split_size") ? "split_size" : "split_size_or_sections";
        Item asked = call.required(1, name);
        int axis = call.optional(2, "dim")
                .map(item -> call.axis(item, tensor.rank()))
                .orElse(0);
        List<Size> sizes = sizesOf(asked, call.span());
        if (!(asked instanceof Item.Sequence)) {
            return pieces(tensor, axis, sizes.get(0));
        }
        return followed(new Item.Sequence(
                sizes.stream().map(size -> cut(tensor, axis, size)).toList(), false));
    }

    private static Optional<Item> pieces(HostTensor tensor, int axis, Size piece) {
        Size extent = tensor.shape().get(axis);
        if (extent.constant().isEmpty()
                || piece.constant().isEmpty()
                || piece.constant().getAsLong() < 1) {
            return Optional.empty();
        }
        List<Item> items = new ArrayList<>();
        long left = extent.constant().getAsLong();
        do {
            long length = Math.min(left, piece.constant().getAsLong());
            items.add(cut(tensor, axis, Size.of(length)));
            left -= length;
        } while (left > 0);
        return followed(new Item.Sequence(items, false));
    }

    private Optional<Item> unbind(CallArguments call) {
        HostTensor tensor = tensor(call);
        int axis = call.optional(1, "dim")
                .map(item -> call.axis(item, tensor.rank()))
                .orElse(0);
        return pieces(tensor, axis);
    }

    /** What a tensor unpacks into. */
    static Optional<Item> rows(HostTensor tensor) {
        return tensor.rank() == 0 ? Optional.empty() : pieces(tensor, 0).map(rows -> HostShapes.sharing(rows, tensor));
    }

    private static Optional<Item> pieces(HostTensor tensor, int axis) {
        Size extent = tensor.shape().get(axis);
        if (extent.constant().isEmpty()) {
            return Optional.empty();
        }
        int count = (int) extent.constant().getAsLong();
        return followed(new Item.Sequence(Collections.nCopies(count, without(tensor, axis)), false));
    }

    private Optional<Item> asStrided(CallArguments call) {
        List<Size> shape = sizesOf(call.required(1, "size"), call.span());
        return followed(HostShapes.made(tensor(call).dtype(), shape, sizesOf(call.required(2, "stride"), call.span())));
    }
}
