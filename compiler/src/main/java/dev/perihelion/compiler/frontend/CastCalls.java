package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.type.DType;
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
        for (String name : new String[] {"contiguous", "clone", "detach", "positive"}) {
            handlers.put(name, call -> {
                call.ignore("memory_format");
                return device(call.operand(0, "input"));
            });
        }
        handlers.put(
                "is_floating_point",
                call -> new Item.Known(call.operand(0, "input").type().dtype().isFloating()));
    }

    private Item cast(CallArguments call, DType dtype) {
        return device(ops.cast(call.operand(0, "self"), dtype, call.span()));
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
            } else if (!(item instanceof Item.Opaque)) {
                throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, "to", "dtype", item.describe());
            }
        }
        if (dtype.isEmpty()) {
            dtype = call.optionalDType(Integer.MAX_VALUE - 1, "dtype");
        }
        return device(dtype.isPresent() ? ops.cast(self, dtype.get(), call.span()) : self);
    }
}
