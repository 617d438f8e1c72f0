package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.DType.Category;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Elementwise operations on whole tensors in host code: shapes broadcast, types promote as torch's do. */
final class HostArithmetic extends HostFamily {

    /** What an operation makes of the common type of its operands. */
    private enum Result {
        COMMON,
        FLOATING,
        BOOL
    }

    HostArithmetic(Context context) {
        super(context);
        elementwise(
                2,
                Result.COMMON,
                List.of("add", "sub", "mul", "subtract", "multiply", "maximum", "minimum", "remainder", "fmod", "pow"));
        elementwise(2, Result.COMMON, List.of("floor_divide", "bitwise_and", "bitwise_or", "bitwise_xor", "fmax"));
        elementwise(2, Result.COMMON, List.of("bitwise_left_shift", "bitwise_right_shift", "fmin"));
        elementwise(2, Result.FLOATING, List.of("div", "divide", "true_divide", "atan2", "xlogy"));
        elementwise(2, Result.BOOL, List.of("eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or"));
        elementwise(2, Result.BOOL, List.of("logical_xor", "isclose"));
        elementwise(
                1,
                Result.COMMON,
                List.of("neg", "abs", "negative", "absolute", "square", "relu", "floor", "ceil", "round", "trunc"));
        elementwise(1, Result.COMMON, List.of("sign", "bitwise_not", "clamp", "clip", "clamp_min", "clamp_max"));
        elementwise(1, Result.COMMON, List.of("positive", "nan_to_num", "silu", "gelu", "masked_fill"));
        elementwise(1, Result.BOOL, List.of("logical_not", "isnan", "isinf", "isfinite", "signbit"));
        elementwise(
                1,
                Result.FLOATING,
                List.of("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal"));
        elementwise(
                1, Result.FLOATING, List.of("sin", "cos", "tan", "tanh", "sinh", "cosh", "sigmoid", "erf", "lgamma"));
        elementwise(
                1,
                Result.COMMON,
                List.of("leaky_relu", "elu", "celu", "selu", "softplus", "softsign", "mish", "hardswish", "hardtanh"));
        elementwise(1, Result.COMMON, List.of("hardsigmoid", "relu6", "logsigmoid", "frac", "dropout", "softshrink"));
        elementwise(
                1,
                Result.FLOATING,
                List.of("erfc", "asin", "acos", "atan", "asinh", "acosh", "atanh", "digamma", "logit"));
        elementwise(3, Result.COMMON, List.of("addcmul", "addcdiv", "lerp"));
        putAll(List.of("softmax", "log_softmax", "softmin", "cumsum", "cumprod", "logcumsumexp"), this::sameShape);
        putAll(List.of("layer_norm", "rms_norm", "group_norm", "normalize"), this::sameShape);
        putAll(
                List.of(
                        "scatter",
                        "scatter_add",
                        "scatter_reduce",
                        "index_add",
                        "index_copy",
                        "index_fill",
                        "index_put"),
                call -> kept(tensor(call), tensor(call).dtype()));
        putAll(
                List.of("masked_scatter", "put"),
                call -> kept(tensor(call), tensor(call).dtype()));
        put("where", this::where);
        put("to", this::to);
        put("type", this::to);
        put(
                "type_as",
                call -> cast(call, host(call.required(1, "other"), call.span()).dtype()));
        put("float", call -> cast(call, DType.FLOAT32));
        put("double", call -> cast(call, DType.FLOAT64));
        put("half", call -> cast(call, DType.FLOAT16));
        put("bfloat16", call -> cast(call, DType.BFLOAT16));
        put("int", call -> cast(call, DType.INT32));
        put("long", call -> cast(call, DType.INT64));
        put("short", call -> cast(call, DType.INT16));
        put("char", call -> cast(call, DType.INT8));
        put("byte", call -> cast(call, DType.UINT8));
        put("bool", call -> cast(call, DType.BOOL));
        put("clone", call -> kept(tensor(call), tensor(call).dtype()));
        put("contiguous", this::contiguous);
        put("promote_types", this::promoteTypes);
        put("result_type", call -> Optional.of(known(common(call.positional(), call.span()))));
    }

    private void elementwise(int operands, Result result, List<String> names) {
        putAll(
                names,
                call -> elementwise(
                        call.positional()
                                .subList(0, Math.min(operands, call.positional().size())),
                        result,
                        call.callee(),
                        call.span()));
    }

    /** {@code left op right} where a host tensor is among the operands. */
    Optional<Item> operator(String name, List<Item> operands, Span span) {
        boolean compares = List.of("eq", "ne", "lt", "le", "gt", "ge").contains(name);
        Result result = compares ? Result.BOOL : name.equals("div") ? Result.FLOATING : Result.COMMON;
        return elementwise(operands, result, name, span);
    }

    private Optional<Item> elementwise(List<Item> operands, Result result, String name, Span span) {
        List<HostTensor> tensors = new ArrayList<>();
        for (Item operand : operands) {
            if (operand instanceof Item.Host host) {
                tensors.add(host.tensor());
            } else if (numberType(operand).isEmpty()) {
                return Optional.empty();
            }
        }
        if (tensors.isEmpty()) {
            return Optional.empty();
        }
        DType common = common(operands, span);
        DType dtype = switch (result) {
            case COMMON -> common;
            case FLOATING -> common.isFloating() ? common : DType.FLOAT32;
            case BOOL -> DType.BOOL;
        };
        return laidOut(tensors, dtype, name, span);
    }

    private Optional<Item> laidOut(List<HostTensor> tensors, DType dtype, String name, Span span) {
        List<List<Size>> shapes = tensors.stream().map(HostTensor::shape).toList();
        Optional<List<Size>> shape = HostShapes.broadcast(shapes);
        if (shape.isEmpty()) {
            boolean known =
                    tensors.stream().allMatch(tensor -> tensor.constantShape().isPresent());
            if (known) {
                throw context.error(
                        span, MessageKey.SHAPE_MISMATCH, name, shapes.get(0), shapes.get(shapes.size() - 1));
            }
            int rank = tensors.stream().mapToInt(HostTensor::rank).max().orElse(0);
            List<Size> unknown = Stream.generate(() -> context.unknown(BlockTable.UNKNOWN_LENGTH))
                    .limit(rank)
                    .toList();
            return Optional.of(HostShapes.somehow(context, dtype, unknown, false));
        }
        return Optional.of(HostShapes.elementwiseStrides(shape.get(), tensors)
                .map(strides -> HostShapes.made(dtype, shape.get(), strides))
                .orElseGet(() -> HostShapes.somehow(context, dtype, shape.get(), false)));
    }

    /** torch's common type of tensors and Python numbers. */
    private DType common(List<Item> operands, Span span) {
        DType result = null;
        DType zeroDim = null;
        DType python = null;
        for (Item operand : operands) {
            if (operand instanceof Item.Host host && host.tensor().rank() > 0) {
                result = joined(result, host.tensor().dtype());
            } else if (operand instanceof Item.Host host) {
                zeroDim = joined(zeroDim, host.tensor().dtype());
            } else {
                DType dtype = numberType(operand)
                        .orElseThrow(
                                () -> context.error(span, MessageKey.NEEDS_HOST_TENSOR, "this", operand.describe()));
                python = joined(python, dtype);
            }
        }
        return stronger(stronger(result, zeroDim), python);
    }

    private static DType joined(DType a, DType b) {
        return a == null ? b : Promotion.common(a, b);
    }

    private static DType stronger(DType strong, DType weak) {
        if (strong == null || weak == null) {
            return strong == null ? weak : strong;
        }
        return weak.category().compareTo(strong.category()) > 0 ? weak : strong;
    }

    private static Optional<DType> numberType(Item item) {
        if (item instanceof Item.Runtime runtime) {
            return Optional.of(runtime.dtype());
        }
        if (item instanceof Item.Sized || item instanceof Item.Known known && known.value() instanceof Long) {
            return Optional.of(DType.INT64);
        }
        if (item instanceof Item.Known known && known.value() instanceof Double) {
            return Optional.of(DType.FLOAT32);
        }
        return item instanceof Item.Known known && known.value() instanceof Boolean
                ? Optional.of(DType.BOOL)
                : Optional.empty();
    }

    private Optional<Item> where(CallArguments call) {
        if (call.positional().size() != 3) {
            return Optional.empty();
        }
        List<Item> values = call.positional().subList(1, 3);
        List<HostTensor> tensors = call.positional().stream()
                .filter(Item.Host.class::isInstance)
                .map(item -> ((Item.Host) item).tensor())
                .toList();
        boolean numbers = values.stream()
                .allMatch(item -> item instanceof Item.Host || numberType(item).isPresent());
        return numbers ? laidOut(tensors, common(values, call.span()), "where", call.span()) : Optional.empty();
    }

    private Optional<Item> sameShape(CallArguments call) {
        HostTensor tensor = tensor(call);
        boolean sums = call.callee().contains("cum");
        DType standard = sums && tensor.dtype().category() != Category.FLOATING ? DType.INT64 : tensor.dtype();
        DType dtype = dtypeOr(call, standard);
        return HostShapes.isContiguous(tensor)
                ? Optional.of(HostShapes.made(dtype, tensor.shape()))
                : kept(tensor, dtype);
    }

    private Optional<Item> kept(HostTensor tensor, DType dtype) {
        return HostShapes.likeStrides(tensor).map(strides -> HostShapes.made(dtype, tensor.shape(), strides));
    }

    private Optional<Item> cast(CallArguments call, DType dtype) {
        HostTensor tensor = tensor(call);
        return tensor.dtype() == dtype ? Optional.of(new Item.Host(tensor)) : kept(tensor, dtype);
    }

    private Optional<Item> to(CallArguments call) {
        List<Item> arguments =
                new ArrayList<>(call.positional().subList(1, call.positional().size()));
        call.keyword("dtype").ifPresent(arguments::add);
        DType dtype = tensor(call).dtype();
        for (Item item : arguments) {
            if (item instanceof Item.Known known && known.value() instanceof DType asked) {
                dtype = asked;
            } else if (item instanceof Item.Host host) {
                dtype = host.tensor().dtype();
            } else if (item instanceof Item.Opaque && !item.equals(Attributes.DEVICE)) {
                return Optional.empty();
            }
        }
        boolean formats = call.keywords().containsKey("memory_format");
        boolean copies = CallArguments.isConstant(call.keywords().getOrDefault("copy", known(false)), true);
        if (formats) {
            return Optional.empty();
        }
        return copies ? kept(tensor(call), dtype) : cast(call, dtype);
    }

    private Optional<Item> contiguous(CallArguments call) {
        HostTensor tensor = tensor(call);
        if (!call.keywords().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                HostShapes.isContiguous(tensor)
                        ? new Item.Host(tensor)
                        : HostShapes.made(tensor.dtype(), tensor.shape()));
    }

    private Optional<Item> promoteTypes(CallArguments call) {
        DType a = dtype(call.required(0, "type1"), call.span());
        DType b = dtype(call.required(1, "type2"), call.span());
        return Optional.of(known(Promotion.common(a, b)));
    }
}
