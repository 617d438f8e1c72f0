package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Other dtypes, and what changes nothing on a device. */
final class CastCalls extends Family {

    private static final Map<String, DType> METHODS = Map.of(
            "float", DType.FLOAT32,
            "half", DType.FLOAT16,
            "bfloat16", DType.BFLOAT16,
            "double", DType.FLOAT64,
            "int", DType.INT32,
            "long", DType.INT64,
            "short", DType.INT16,
            "char", DType.INT8,
            "byte", DType.UINT8,
            "bool", DType.BOOL);

    CastCalls(Context context, DeviceOps ops) {
        super(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        METHODS.forEach((name, dtype) -> handlers.put(name, call -> cast(call, dtype)));
        handlers.put("to", this::to);
        handlers.put("type", this::to);
        handlers.put("type_as", this::to);
        for (String name : new String[] {
            "contiguous", "clone", "detach", "positive", "conj", "conj_physical", "real", "resolve_conj", "resolve_neg"
        }) {
            handlers.put(name, call -> {
                call.ignore("memory_format");
                return device(call.operand(0, "input"));
            });
        }
        handlers.put("cuda", call -> {
            call.optional(1, "device");
            return device(call.operand(0, "input"));
        });
        handlers.put(
                "is_floating_point",
                call -> new Item.Known(call.operand(0, "input").type().dtype().isFloating()));
    }

    /** {@code hl.float4_e2m1fn_x2_to_float32}. */
    void registerLanguage(Map<String, Handler> handlers) {
        handlers.put("float4_e2m1fn_x2_to_float32", this::unpacked);
    }

    /** Both numbers of each byte, the one in the low bits first. */
    private Item unpacked(CallArguments call) {
        Operand self = call.operand(0, "value");
        Span span = call.span();
        DType dtype = self.type().dtype();
        boolean fits = self instanceof Operand.Value && dtype.bytes() == 1 && !dtype.isFloat8() && dtype != DType.BOOL;
        if (!fits) {
            throw context.error(span, MessageKey.NEEDS_PACKED_NUMBERS, call.callee(), dtype.torchName());
        }
        Operand bits = self;
        if (dtype == DType.FLOAT4_E2M1FN_X2) {
            Operand.Value bytes = context.builder.value(self.type().withDType(DType.UINT8), "bytes");
            context.builder.emit(new ElementwiseOp.Bitcast(bytes, (Operand.Value) self, span));
            bits = bytes;
        }
        Operand wide = ops.cast(bits, DType.INT32, span);
        Operand high = op("bitwise_right_shift", span, wide, number(4L));
        return new Item.Sequence(List.of(device(ofBits(wide, span)), device(ofBits(high, span))), false);
    }

    /** The number of a sign, two bits of exponent and one of mantissa. */
    private Operand ofBits(Operand bits, Span span) {
        Operand mantissa = ops.cast(op("bitwise_and", span, bits, number(1L)), DType.FLOAT32, span);
        Operand exponent = op("bitwise_and", span, op("bitwise_right_shift", span, bits, number(1L)), number(3L));
        Operand small = op("mul", span, mantissa, number(0.5));
        // 1.5 times a half of 2, 4 or 8, or 1 times it.
        Operand scale = ops.cast(
                op("bitwise_left_shift", span, number(1L), op("sub", span, exponent, number(1L))), DType.FLOAT32, span);
        Operand normal = op("mul", span, op("add", span, small, number(1.0)), scale);
        Operand size = op("where", span, op("eq", span, exponent, number(0L)), small, normal);
        Operand negative = op("ne", span, op("bitwise_and", span, bits, number(8L)), number(0L));
        return op("where", span, negative, op("neg", span, size), size);
    }

    private Item cast(CallArguments call, DType dtype) {
        return device(ops.cast(call.operand(0, "self"), dtype, call.span()));
    }

    /** Whether it names a device: all device code runs on one. */
    private static boolean isDevice(Item item) {
        return item == Attributes.DEVICE
                || item instanceof Item.Known known
                        && (known.value() instanceof String || known.value() instanceof Boolean);
    }

    private Item to(CallArguments call) {
        Operand self = call.operand(0, "self");
        call.ignore("device", "non_blocking", "copy", "memory_format");
        Optional<DType> dtype = Optional.empty();
        for (int i = 1; i < call.positional().size(); i++) {
            Item item = call.required(i, "dtype");
            if (item instanceof Item.Known known && known.value() instanceof DType given) {
                dtype = Optional.of(given);
            } else if (item instanceof Item.Device like) {
                dtype = Optional.of(like.operand().type().dtype());
            } else if (!(item instanceof Item.Opaque || isDevice(item))) {
                throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, "to", "dtype", item.describe());
            }
        }
        if (dtype.isEmpty()) {
            dtype = call.optionalDType(Integer.MAX_VALUE - 1, "dtype");
        }
        return device(dtype.isPresent() ? ops.cast(self, dtype.get(), call.span()) : self);
    }
}
