package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Host functions that ask for facts of tensors and dtypes. */
final class HostQueries extends HostFamily {

    HostQueries(Context context) {
        super(context);
        put("size", call -> axisOf(call, tensor(call).shape()));
        put("stride", call -> axisOf(call, tensor(call).strides()));
        putAll(
                List.of("numel", "nelement"),
                call -> followed(Attributes.item(tensor(call).numel())));
        putAll(
                List.of("dim", "ndimension"),
                call -> followed(known((long) tensor(call).rank())));
        put("is_contiguous", this::isContiguous);
        put("is_floating_point", call -> followed(known(dtypeOf(call).isFloating())));
        put("is_complex", call -> followed(known(false)));
        put("element_size", call -> followed(known((long) tensor(call).dtype().bytes())));
        put("is_tensor", call -> followed(known(call.required(0, "obj") instanceof Item.Host)));
        put("storage_offset", call -> Optional.empty());
        put("item", call -> followed(HostCalls.number(tensor(call), context.hostText(call.span()))));
        put("data_ptr", call -> followed(new Item.Runtime(context.hostExpression(call.span()), DType.INT64)));
        put("finfo", this::finfo);
        put("iinfo", this::iinfo);
    }

    private Optional<Item> axisOf(CallArguments call, List<Size> sizes) {
        Optional<Item> dim = call.optional(1, "dim");
        return followed(
                dim.isPresent() ? Attributes.item(sizes.get(call.axis(dim.get(), sizes.size()))) : numbers(sizes));
    }

    private Optional<Item> isContiguous(CallArguments call) {
        HostTensor tensor = tensor(call);
        return tensor.constantShape().isPresent() && call.keywords().isEmpty()
                ? followed(known(HostShapes.isContiguous(tensor)))
                : Optional.empty();
    }

    private DType dtypeOf(CallArguments call) {
        Item item = call.required(0, "input");
        return item instanceof Item.Host host ? host.tensor().dtype() : dtype(item, call.span());
    }

    private Optional<Item> finfo(CallArguments call) {
        DType dtype = call.positional().isEmpty() ? dtypeOr(call, DType.FLOAT32) : dtypeOf(call);
        double max = switch (dtype) {
            case FLOAT64 -> Double.MAX_VALUE;
            case FLOAT32 -> Float.MAX_VALUE;
            case FLOAT16 -> 65504;
            case BFLOAT16 -> 0x1.FEp127;
            case FLOAT8_E4M3FN -> 448;
            case FLOAT8_E5M2 -> 57344;
            default -> Double.NaN;
        };
        double eps = switch (dtype) {
            case FLOAT64 -> 0x1p-52;
            case FLOAT32 -> 0x1p-23;
            case FLOAT16 -> 0x1p-10;
            case BFLOAT16 -> 0x1p-7;
            case FLOAT8_E4M3FN -> 0x1p-3;
            case FLOAT8_E5M2 -> 0x1p-2;
            default -> Double.NaN;
        };
        double tiny = switch (dtype) {
            case FLOAT64 -> Double.MIN_NORMAL;
            case FLOAT32, BFLOAT16 -> Float.MIN_NORMAL;
            case FLOAT16, FLOAT8_E5M2 -> 0x1p-14;
            case FLOAT8_E4M3FN -> 0x1p-6;
            default -> Double.NaN;
        };
        if (!dtype.isFloating()) {
            return Optional.empty();
        }
        Map<String, Item> fields = new LinkedHashMap<>();
        fields.put("max", known(max));
        fields.put("min", known(-max));
        fields.put("eps", known(eps));
        fields.put("tiny", known(tiny));
        fields.put("smallest_normal", known(tiny));
        fields.put("bits", known(8L * dtype.bytes()));
        return followed(new Item.Fields("the facts of " + dtype.torchName(), fields));
    }

    private Optional<Item> iinfo(CallArguments call) {
        DType dtype = call.positional().isEmpty() ? dtypeOr(call, DType.INT64) : dtypeOf(call);
        if (dtype.category() != DType.Category.INTEGER || dtype == DType.UINT64) {
            return Optional.empty();
        }
        int bits = 8 * dtype.bytes();
        boolean signed = !dtype.isUnsigned();
        long max = signed ? Long.MAX_VALUE >> (64 - bits) : (1L << bits) - 1;
        Map<String, Item> fields = new LinkedHashMap<>();
        fields.put("max", known(max));
        fields.put("min", known(signed ? -max - 1 : 0L));
        fields.put("bits", known((long) bits));
        return followed(new Item.Fields("the facts of " + dtype.torchName(), fields));
    }
}
