package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** Host functions that combine many elements or tensors into one: reductions, products, concatenation, repetition. */
final class HostReductions extends HostFamily {

    HostReductions(Context context) {
        super(context);
        UnaryOperator<DType> wide = dtype -> dtype.isFloating() ? dtype : DType.INT64;
        putAll(List.of("sum", "prod", "nansum"), call -> reduce(call, wide));
        putAll(List.of("mean", "var", "std", "norm", "logsumexp"), call -> reduce(call, dtype -> dtype));
        putAll(List.of("amax", "amin"), call -> reduce(call, dtype -> dtype));
        putAll(List.of("any", "all"), call -> reduce(call, dtype -> DType.BOOL));
        putAll(List.of("argmax", "argmin", "count_nonzero"), call -> reduce(call, dtype -> DType.INT64));
        putAll(List.of("max", "min", "median"), this::extreme);
        put("matmul", call -> matmul(call.required(0, "input"), call.required(1, "other"), call));
        put("mm", call -> matmul(call.required(0, "input"), call.required(1, "mat2"), call));
        put("bmm", call -> matmul(call.required(0, "input"), call.required(1, "mat2"), call));
        put("addmm", call -> matmul(call.required(1, "mat1"), call.required(2, "mat2"), call));
        putAll(List.of("cat", "concat", "concatenate"), this::cat);
        put("stack", this::stack);
        putAll(List.of("repeat", "tile"), this::repeat);
        put("repeat_interleave", this::repeatInterleave);
        put("gather", call -> shapedLike(call, 2));
        put("index_select", this::indexSelect);
        put("pad", this::pad);
        putAll(List.of("flip", "roll", "tril", "triu"), this::copied);
    }

    private Optional<Item> reduce(CallArguments call, UnaryOperator<DType> type) {
        HostTensor tensor = tensor(call);
        DType dtype = dtypeOr(call, type.apply(tensor.dtype()));
        Optional<Item> dim = call.optional(1, "dim").filter(item -> !Context.isNone(item));
        if (dim.isEmpty()) {
            return call.keywords().containsKey("keepdim")
                    ? Optional.empty()
                    : followed(HostShapes.made(dtype, List.of()));
        }
        boolean keep = CallArguments.isConstant(call.optional(2, "keepdim").orElse(known(false)), true);
        return followed(HostShapes.made(dtype, reduced(tensor, dim.get(), keep, call)));
    }

    private List<Size> reduced(HostTensor tensor, Item dim, boolean keep, CallArguments call) {
        List<Integer> axes = sizesOf(dim, call.span()).stream()
                .map(size -> call.axis(Attributes.item(size), tensor.rank()))
                .toList();
        List<Size> shape = new ArrayList<>();
        for (int axis = 0; axis < tensor.rank(); axis++) {
            if (!axes.contains(axis)) {
                shape.add(tensor.shape().get(axis));
            } else if (keep) {
                shape.add(Size.ONE);
            }
        }
        return shape;
    }

    /** {@code x.max()} gives a number, {@code x.max(dim)} values and indices, {@code torch.max(x, y)} the larger ones. */
    private Optional<Item> extreme(CallArguments call) {
        HostTensor tensor = tensor(call);
        Optional<Item> dim = call.optional(1, "dim");
        if (dim.isEmpty()) {
            return followed(HostShapes.made(tensor.dtype(), List.of()));
        }
        if (dim.get() instanceof Item.Host) {
            return Optional.empty();
        }
        boolean keep = CallArguments.isConstant(call.optional(2, "keepdim").orElse(known(false)), true);
        List<Size> shape = reduced(tensor, dim.get(), keep, call);
        return followed(new Item.Sequence(
                List.of(HostShapes.made(tensor.dtype(), shape), HostShapes.made(DType.INT64, shape)), false));
    }

    /** {@code a @ b}. */
    Optional<Item> matmul(Item left, Item right, CallArguments call) {
        HostTensor a = host(left, call.span());
        HostTensor b = host(right, call.span());
        if (a.rank() < 2 || b.rank() < 2 || a.rank() > 2 != b.rank() > 2) {
            return Optional.empty();
        }
        Optional<List<Size>> batch = HostShapes.broadcast(
                List.of(a.shape().subList(0, a.rank() - 2), b.shape().subList(0, b.rank() - 2)));
        return batch.map(shape -> {
            List<Size> result = new ArrayList<>(shape);
            result.add(a.shape().get(a.rank() - 2));
            result.add(b.shape().get(b.rank() - 1));
            return HostShapes.made(Promotion.common(a.dtype(), b.dtype()), result);
        });
    }

    private Optional<List<HostTensor>> tensors(CallArguments call) {
        if (!(call.required(0, "tensors") instanceof Item.Sequence sequence)
                || sequence.items().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                sequence.items().stream().map(item -> host(item, call.span())).toList());
    }

    private static DType common(List<HostTensor> tensors) {
        return tensors.stream().map(HostTensor::dtype).reduce(Promotion::common).orElseThrow();
    }

    private Optional<Item> cat(CallArguments call) {
        return tensors(call).map(tensors -> {
            HostTensor first = tensors.get(0);
            int axis = call.optional(1, "dim")
                    .map(item -> call.axis(item, first.rank()))
                    .orElse(0);
            List<Size> shape = new ArrayList<>(first.shape());
            shape.set(
                    axis,
                    tensors.stream()
                            .map(tensor -> tensor.shape().get(axis))
                            .reduce(Size.ZERO, (a, b) -> Size.of(Size.Operation.ADD, a, b)));
            return HostShapes.made(common(tensors), shape);
        });
    }

    private Optional<Item> stack(CallArguments call) {
        return tensors(call).map(tensors -> {
            HostTensor first = tensors.get(0);
            int axis = call.optional(1, "dim")
                    .map(item -> call.axis(item, first.rank() + 1))
                    .orElse(0);
            List<Size> shape = new ArrayList<>(first.shape());
            shape.add(axis, Size.of(tensors.size()));
            return HostShapes.made(common(tensors), shape);
        });
    }

    private Optional<Item> repeat(CallArguments call) {
        HostTensor tensor = tensor(call);
        List<Size> times = sizes(call, 1, call.keywords().containsKey("dims") ? "dims" : "repeats");
        int rank = Math.max(times.size(), tensor.rank());
        List<Size> shape = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            int own = i - (rank - tensor.rank());
            int factor = i - (rank - times.size());
            Size extent = own < 0 ? Size.ONE : tensor.shape().get(own);
            shape.add(factor < 0 ? extent : HostShapes.times(extent, times.get(factor)));
        }
        return followed(HostShapes.made(tensor.dtype(), shape));
    }

    private Optional<Item> repeatInterleave(CallArguments call) {
        HostTensor tensor = tensor(call);
        OptionalLong times =
                context.size(call.required(1, "repeats")).map(Size::constant).orElse(OptionalLong.empty());
        Size factor = times.isPresent() ? Size.of(times.getAsLong()) : Size.ONE;
        Optional<Item> dim = call.optional(2, "dim").filter(item -> !Context.isNone(item));
        List<Size> shape = new ArrayList<>(dim.isPresent() ? tensor.shape() : List.of(tensor.numel()));
        int axis = dim.map(item -> call.axis(item, tensor.rank())).orElse(0);
        shape.set(
                axis,
                times.isPresent()
                        ? HostShapes.times(shape.get(axis), factor)
                        : context.unknown(BlockTable.UNKNOWN_LENGTH));
        return followed(HostShapes.made(tensor.dtype(), shape));
    }

    private Optional<Item> shapedLike(CallArguments call, int position) {
        HostTensor like = host(call.required(position, "index"), call.span());
        return followed(HostShapes.made(tensor(call).dtype(), like.shape()));
    }

    private Optional<Item> indexSelect(CallArguments call) {
        HostTensor tensor = tensor(call);
        HostTensor index = host(call.required(2, "index"), call.span());
        List<Size> shape = new ArrayList<>(tensor.shape());
        shape.set(call.axis(call.required(1, "dim"), tensor.rank()), index.numel());
        return followed(HostShapes.made(tensor.dtype(), shape));
    }

    /** Pads begin with the last axis: before it, behind it, before the one in front of it ... */
    private Optional<Item> pad(CallArguments call) {
        HostTensor tensor = tensor(call);
        List<Size> pads = sizesOf(call.required(1, "pad"), call.span());
        boolean constant = call.optional(2, "mode")
                .map(mode -> CallArguments.isConstant(mode, "constant"))
                .orElse(true);
        if (!constant || pads.size() > 2 * tensor.rank() || pads.size() % 2 != 0) {
            return Optional.empty();
        }
        List<Size> shape = new ArrayList<>(tensor.shape());
        for (int i = 0; i < pads.size(); i++) {
            int axis = tensor.rank() - 1 - i / 2;
            shape.set(axis, Size.of(Size.Operation.ADD, shape.get(axis), pads.get(i)));
        }
        return followed(HostShapes.somehow(context, tensor.dtype(), shape, HostShapes.isContiguous(tensor)));
    }

    private Optional<Item> copied(CallArguments call) {
        HostTensor tensor = tensor(call);
        return HostShapes.isContiguous(tensor)
                ? followed(HostShapes.made(tensor.dtype(), tensor.shape()))
                : Optional.empty();
    }
}
