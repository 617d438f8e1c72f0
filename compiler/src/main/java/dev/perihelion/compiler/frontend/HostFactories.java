package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Host functions that make new tensors of a shape that is given. */
final class HostFactories extends HostFamily {

    HostFactories(Context context) {
        super(context);
        for (String name : List.of("empty", "zeros", "ones")) {
            put(name, call -> ofShape(call, 0, DType.FLOAT32));
            put("new_" + name, call -> ofShape(call, 1, tensor(call).dtype()));
        }
        putAll(List.of("rand", "randn"), call -> ofShape(call, 0, DType.FLOAT32));
        putAll(List.of("empty_like", "zeros_like", "ones_like", "full_like", "rand_like", "randn_like"), this::like);
        put("randint_like", this::like);
        put("full", call -> followed(full(call, 0)));
        put(
                "new_full",
                call -> followed(made(
                        call,
                        sizesOf(call.required(1, "size"), call.span()),
                        tensor(call).dtype())));
        put("arange", this::arange);
        put("linspace", this::linspace);
        put("eye", this::eye);
        put("randint", this::randint);
        put("randperm", call -> followed(made(call, sizesOf(call.required(0, "n"), call.span()), DType.INT64)));
        put("empty_strided", call -> strided(call, 0, DType.FLOAT32));
        put("new_empty_strided", call -> strided(call, 1, tensor(call).dtype()));
        put("scalar_tensor", call -> followed(made(call, List.of(), DType.FLOAT32)));
        putAll(List.of("tensor", "as_tensor"), call -> ofValue(call, 0));
        put("new_tensor", call -> ofValue(call, 1));
    }

    private Item made(CallArguments call, List<Size> shape, DType standard) {
        return HostShapes.made(dtypeOr(call, standard), shape);
    }

    private Optional<Item> ofShape(CallArguments call, int first, DType standard) {
        if (wantsOtherFormat(call)) {
            return Optional.empty();
        }
        return followed(made(call, sizes(call, first, "size"), standard));
    }

    private static boolean wantsOtherFormat(CallArguments call) {
        Optional<Item> format = call.keyword("memory_format");
        return format.isPresent()
                && !(format.get() instanceof Item.Qualified qualified
                        && qualified.path().equals("torch.contiguous_format"));
    }

    private Optional<Item> like(CallArguments call) {
        HostTensor like = tensor(call);
        DType dtype = dtypeOr(call, like.dtype());
        Optional<Item> format = call.keyword("memory_format");
        if (format.isPresent() && format.get() instanceof Item.Qualified qualified) {
            if (qualified.path().equals("torch.contiguous_format")) {
                return followed(HostShapes.made(dtype, like.shape()));
            }
            if (!qualified.path().equals("torch.preserve_format")) {
                return Optional.empty();
            }
        }
        return followed(HostShapes.likeStrides(like)
                .map(strides -> HostShapes.made(dtype, like.shape(), strides))
                .orElseGet(() -> HostShapes.somehow(context, dtype, like.shape(), false)));
    }

    private Item full(CallArguments call, int first) {
        List<Size> shape = sizesOf(call.required(first, "size"), call.span());
        return made(
                call, shape, numberType(call.required(first + 1, "fill_value")).orElse(DType.FLOAT32));
    }

    /** What torch makes of a Python number: int64, float32 or bool. */
    private static Optional<DType> numberType(Item item) {
        if (item instanceof Item.Runtime runtime) {
            return Optional.of(runtime.dtype());
        }
        if (item instanceof Item.Sized) {
            return Optional.of(DType.INT64);
        }
        if (item instanceof Item.Known known) {
            return known.value() instanceof Boolean
                    ? Optional.of(DType.BOOL)
                    : known.value() instanceof Long
                            ? Optional.of(DType.INT64)
                            : Optional.of(DType.FLOAT32).filter(dtype -> known.value() instanceof Double);
        }
        return Optional.empty();
    }

    private Optional<Item> arange(CallArguments call) {
        List<Item> given = new ArrayList<>(call.positional());
        for (String name : List.of("start", "end", "step")) {
            call.keyword(name).ifPresent(given::add);
        }
        boolean whole = given.stream().allMatch(item -> numberType(item).orElse(DType.FLOAT32) != DType.FLOAT32);
        if (!whole || given.isEmpty()) {
            return Optional.empty();
        }
        List<Size> bounds = sizesOf(new Item.Sequence(given, false), call.span());
        Size length = bounds.get(0);
        if (bounds.size() > 1) {
            length = Size.of(Size.Operation.SUBTRACT, bounds.get(1), bounds.get(0));
        }
        if (bounds.size() > 2) {
            length = Size.of(Size.Operation.CEIL_DIVIDE, length, bounds.get(2));
        }
        return followed(made(call, List.of(length), DType.INT64));
    }

    private Optional<Item> linspace(CallArguments call) {
        return followed(made(call, sizesOf(call.required(2, "steps"), call.span()), DType.FLOAT32));
    }

    private Optional<Item> eye(CallArguments call) {
        Item rows = call.required(0, "n");
        List<Item> extents = List.of(
                rows,
                call.optional(1, "m")
                        .filter(item -> item instanceof Item.Known known && known.value() instanceof Long)
                        .orElse(rows));
        return followed(made(call, sizesOf(new Item.Sequence(extents, false), call.span()), DType.FLOAT32));
    }

    private Optional<Item> randint(CallArguments call) {
        Item last = call.keyword("size")
                .orElseGet(() -> call.positional().get(call.positional().size() - 1));
        return followed(made(call, sizesOf(last, call.span()), DType.INT64));
    }

    private Optional<Item> strided(CallArguments call, int first, DType standard) {
        return followed(HostShapes.made(
                dtypeOr(call, standard),
                sizesOf(call.required(first, "size"), call.span()),
                sizesOf(call.required(first + 1, "stride"), call.span())));
    }

    private Optional<Item> ofValue(CallArguments call, int first) {
        Item data = call.required(first, "data");
        if (data instanceof Item.Host host) {
            return followed(HostShapes.made(
                    dtypeOr(call, host.tensor().dtype()),
                    host.tensor().shape(),
                    host.tensor().strides()));
        }
        List<Size> shape = new ArrayList<>();
        Set<DType> types = new java.util.TreeSet<>();
        if (!measure(data, 0, shape, types) || types.isEmpty()) {
            return Optional.empty();
        }
        // In the order of the enumeration bool < int64 < float32 the last is the common type.
        DType common =
                types.contains(DType.FLOAT32) ? DType.FLOAT32 : types.contains(DType.INT64) ? DType.INT64 : DType.BOOL;
        return followed(made(call, shape, common));
    }

    private static boolean measure(Item item, int depth, List<Size> shape, Set<DType> types) {
        if (item instanceof Item.Sequence sequence) {
            Size length = Size.of(sequence.items().size());
            if (depth == shape.size()) {
                shape.add(length);
            }
            return shape.get(depth).equals(length)
                    && sequence.items().stream().allMatch(part -> measure(part, depth + 1, shape, types));
        }
        Optional<DType> type = numberType(item);
        type.ifPresent(types::add);
        return type.isPresent() && depth == shape.size();
    }
}
