package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.AtomicOp;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code hl.load}, {@code hl.store} and the atomic operations. */
final class MemoryCalls {

    private static final Set<String> ORDERS = Set.of("relaxed", "acquire", "release", "acq_rel");

    private final Context context;
    private final Indexing indexing;

    MemoryCalls(Context context, Indexing indexing) {
        this.context = context;
        this.indexing = indexing;
    }

    void register(Map<String, Handler> handlers) {
        handlers.put("load", this::load);
        handlers.put("store", this::store);
        handlers.put("stacktensor_like", this::stack);
        for (AtomicOp op : AtomicOp.values()) {
            handlers.put("atomic_" + op.name().toLowerCase(Locale.ROOT), call -> atomic(call, op));
        }
    }

    private Item load(CallArguments call) {
        Item target = call.required(0, "tensor");
        List<Item> subscript = items(call.required(1, "index"));
        Optional<Operand> mask = call.optionalOperand(2, "extra_mask");
        Optional<String> eviction = call.optionalString(3, "eviction_policy");
        if (target instanceof Item.Host || target instanceof Item.Stack) {
            return new Item.Device(indexing.load(target, subscript, mask, eviction, call.span()));
        }
        throw context.error(call.span(), MessageKey.NEEDS_HOST_TENSOR, call.callee(), target.describe());
    }

    private Item stack(CallArguments call) {
        Item example = call.required(0, "tensor_like");
        Operand addresses = call.operand(1, "dev_ptrs");
        if (!(example instanceof Item.Host host)) {
            throw context.error(call.span(), MessageKey.NEEDS_HOST_TENSOR, call.callee(), example.describe());
        }
        DType dtype = addresses.type().dtype();
        boolean fits = addresses instanceof Operand.Value && (dtype == DType.UINT64 || dtype == DType.INT64);
        if (!fits) {
            throw context.error(call.span(), MessageKey.STACK_ADDRESSES, dtype.torchName());
        }
        return new Item.Stack(host.tensor(), (Operand.Value) addresses);
    }

    private Item store(CallArguments call) {
        Item target = call.required(0, "tensor");
        List<Item> subscript = items(call.required(1, "index"));
        Operand value = call.operand(2, "value");
        Optional<Operand> mask = call.optionalOperand(3, "extra_mask");
        if (target instanceof Item.Host || target instanceof Item.Stack) {
            indexing.store(target, subscript, value, mask, call.span());
            return new Item.Known(Expr.Special.NONE);
        }
        throw context.error(call.span(), MessageKey.NEEDS_HOST_TENSOR, call.callee(), target.describe());
    }

    private Item atomic(CallArguments call, AtomicOp op) {
        Item target = call.required(0, "target");
        List<Item> subscript = items(call.required(1, "index"));
        boolean swaps = op == AtomicOp.CAS;
        Optional<Operand> expected = swaps ? Optional.of(call.operand(2, "expected")) : Optional.empty();
        Operand value = call.operand(swaps ? 3 : 2, "value");
        String order = call.optionalString(swaps ? 4 : 3, "sem").orElse("relaxed");
        if (!(target instanceof Item.Host host)) {
            throw context.error(call.span(), MessageKey.ATOMIC_TARGET, call.callee(), target.describe());
        }
        if (!ORDERS.contains(order)) {
            throw context.error(call.span(), MessageKey.ATOMIC_ORDER, order);
        }
        checkType(call, op, host.tensor());
        return new Item.Device(indexing.atomic(op, host.tensor(), subscript, value, expected, order, call.span()));
    }

    /** Which types the hardware changes in one step, as far as Triton offers it. */
    private void checkType(CallArguments call, AtomicOp op, HostTensor tensor) {
        DType dtype = tensor.dtype();
        boolean wide = dtype.bytes() >= 4;
        boolean fits = switch (op) {
            case ADD -> wide || dtype.isHalf();
            case MAX, MIN -> wide;
            case AND, OR, XOR -> wide && !dtype.isFloating();
            case XCHG -> wide;
            case CAS -> wide && !dtype.isFloating();
        };
        if (!fits) {
            String types = switch (op) {
                case ADD -> "float16, bfloat16, or a type of 4 or 8 bytes";
                case AND, OR, XOR, CAS -> "int32 or int64";
                case MAX, MIN, XCHG -> "a type of 4 or 8 bytes";
            };
            throw context.error(call.span(), MessageKey.ATOMIC_DTYPE, call.callee(), dtype.torchName(), types);
        }
    }

    private static List<Item> items(Item index) {
        return index instanceof Item.Sequence sequence ? sequence.items() : List.of(index);
    }
}
