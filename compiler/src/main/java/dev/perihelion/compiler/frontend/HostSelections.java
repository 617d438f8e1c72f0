package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Host functions that order, find and count elements; how many there are is often known at launch only. */
final class HostSelections extends HostFamily {

    HostSelections(Context context) {
        super(context);
        putAll(List.of("sort", "cummax", "cummin", "msort"), this::ordered);
        put(
                "argsort",
                call -> followed(HostShapes.made(DType.INT64, tensor(call).shape())));
        put("topk", this::topk);
        putAll(List.of("kthvalue", "mode"), call -> Optional.empty());
        putAll(List.of("nonzero", "argwhere"), this::nonzero);
        put("masked_select", call -> followed(HostShapes.made(tensor(call).dtype(), List.of(unknown()))));
        put("unique", call -> unique(call, List.of("return_inverse", "return_counts")));
        put("unique_consecutive", call -> unique(call, List.of("return_inverse", "return_counts")));
        put("bincount", this::bincount);
        put("histc", call -> followed(HostShapes.made(tensor(call).dtype(), List.of(bins(call)))));
        put("searchsorted", call -> followed(positions(call, 1, "input")));
        put("bucketize", call -> followed(positions(call, 0, "input")));
        putAll(List.of("take", "take_along_dim"), call -> taken(call));
        put("diff", this::diff);
        put("one_hot", this::oneHot);
    }

    private Size unknown() {
        return context.unknown(BlockTable.UNKNOWN_LENGTH);
    }

    /** Values and indices of the input's shape; the values keep the input's layout where it has no gaps. */
    private Optional<Item> ordered(CallArguments call) {
        HostTensor tensor = tensor(call);
        if (call.callee().endsWith("msort")) {
            return followed(HostShapes.made(tensor.dtype(), tensor.shape()));
        }
        return followed(new Item.Sequence(
                List.of(
                        HostShapes.somehow(context, tensor.dtype(), tensor.shape(), HostShapes.isContiguous(tensor)),
                        HostShapes.somehow(context, DType.INT64, tensor.shape(), HostShapes.isContiguous(tensor))),
                false));
    }

    private Optional<Item> topk(CallArguments call) {
        HostTensor tensor = tensor(call);
        List<Size> shape = new ArrayList<>(tensor.shape());
        int axis = call.optional(2, "dim")
                .map(item -> call.axis(item, tensor.rank()))
                .orElse(tensor.rank() - 1);
        shape.set(axis, sizesOf(call.required(1, "k"), call.span()).get(0));
        boolean last = axis == tensor.rank() - 1;
        return followed(new Item.Sequence(
                List.of(
                        HostShapes.somehow(context, tensor.dtype(), shape, last),
                        HostShapes.somehow(context, DType.INT64, shape, last)),
                false));
    }

    /** Positions, one a row; torch gives them in a layout of its own. */
    private Optional<Item> nonzero(CallArguments call) {
        HostTensor tensor = tensor(call);
        if (call.keyword("as_tuple").isPresent()) {
            List<Item> positions = new ArrayList<>();
            for (int axis = 0; axis < tensor.rank(); axis++) {
                positions.add(HostShapes.somehow(context, DType.INT64, List.of(unknown()), false));
            }
            return followed(new Item.Sequence(positions, false));
        }
        return followed(HostShapes.somehow(context, DType.INT64, List.of(unknown(), Size.of(tensor.rank())), false));
    }

    private Optional<Item> unique(CallArguments call, List<String> more) {
        boolean plain = call.keyword("dim").isEmpty()
                && more.stream()
                        .noneMatch(name -> call.keyword(name)
                                .filter(item -> !CallArguments.isConstant(item, false))
                                .isPresent());
        return plain ? followed(HostShapes.made(tensor(call).dtype(), List.of(unknown()))) : Optional.empty();
    }

    private Optional<Item> bincount(CallArguments call) {
        boolean weighted = call.optional(1, "weights")
                .filter(item -> !Context.isNone(item))
                .isPresent();
        return weighted ? Optional.empty() : followed(HostShapes.made(DType.INT64, List.of(unknown())));
    }

    private Size bins(CallArguments call) {
        return call.optional(1, "bins")
                .map(item -> sizesOf(item, call.span()).get(0))
                .orElse(Size.of(100));
    }

    private Item positions(CallArguments call, int position, String name) {
        DType dtype = CallArguments.isConstant(call.keyword("out_int32").orElse(known(false)), true)
                ? DType.INT32
                : DType.INT64;
        Item values = call.required(position, name);
        return HostShapes.made(
                dtype, values instanceof Item.Host host ? host.tensor().shape() : List.of());
    }

    private Optional<Item> taken(CallArguments call) {
        HostTensor index = host(call.required(1, "index"), call.span());
        boolean whole = !call.callee().endsWith("take_along_dim")
                || index.shape().equals(tensor(call).shape());
        return whole ? followed(HostShapes.made(tensor(call).dtype(), index.shape())) : Optional.empty();
    }

    private Optional<Item> diff(CallArguments call) {
        HostTensor tensor = tensor(call);
        if (call.positional().size() > 1
                || tensor.rank() != 1
                || !call.keywords().isEmpty()) {
            return Optional.empty();
        }
        Size length = Size.of(Size.Operation.SUBTRACT, tensor.shape().get(0), Size.ONE);
        return followed(HostShapes.made(tensor.dtype(), List.of(length)));
    }

    private Optional<Item> oneHot(CallArguments call) {
        List<Size> shape = new ArrayList<>(tensor(call).shape());
        Optional<Item> classes = call.optional(1, "num_classes").filter(item -> !CallArguments.isConstant(item, -1L));
        shape.add(classes.map(item -> sizesOf(item, call.span()).get(0)).orElseGet(this::unknown));
        return followed(HostShapes.somehow(context, DType.INT64, shape, false));
    }
}
