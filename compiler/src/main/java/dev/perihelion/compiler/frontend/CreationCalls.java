package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Functions that make device tensors of shapes, under {@code hl} and {@code torch}. */
final class CreationCalls {

    private static final Literal ZERO = new Literal(0L, DType.INT64);

    private final Context context;
    private final DeviceOps ops;
    private final Extents extents;

    CreationCalls(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.extents = new Extents(context);
    }

    /** {@code hl.zeros} and the like. */
    void registerLanguage(Map<String, Handler> handlers) {
        handlers.put("zeros", call -> shaped(call, Optional.of(number(0)), 1));
        handlers.put("full", call -> shaped(call, Optional.empty(), 2));
        handlers.put("arange", call -> arange(call, context.indexType()));
    }

    /** {@code torch.zeros} and the like, and {@code x.new_zeros}. */
    void registerTorch(Map<String, Handler> handlers) {
        handlers.put("zeros", call -> listed(call, 0, number(0), DType.FLOAT32));
        handlers.put("empty", call -> listed(call, 0, number(0), DType.FLOAT32));
        handlers.put("ones", call -> listed(call, 0, number(1), DType.FLOAT32));
        handlers.put("full", call -> {
            Operand value = call.operand(1, "fill_value");
            return full(call, call.required(0, "size"), value, fillType(value));
        });
        handlers.put("arange", call -> arange(call, DType.INT64));
        handlers.put("linspace", this::linspace);
        handlers.put("tensor", this::scalar);
        handlers.put("scalar_tensor", this::scalar);
        handlers.put("as_tensor", this::scalar);
        handlers.put("new_zeros", call -> listed(call, 1, number(0), selfType(call)));
        handlers.put("new_empty", call -> listed(call, 1, number(0), selfType(call)));
        handlers.put("new_ones", call -> listed(call, 1, number(1), selfType(call)));
        handlers.put(
                "new_full",
                call -> full(call, call.required(1, "size"), call.operand(2, "fill_value"), selfType(call)));
        handlers.put("zeros_like", call -> like(call, Optional.of(number(0))));
        handlers.put("empty_like", call -> like(call, Optional.of(number(0))));
        handlers.put("ones_like", call -> like(call, Optional.of(number(1))));
        handlers.put("full_like", call -> like(call, Optional.empty()));
    }

    /** One number as a tensor without axes; a tensor stays what it is. */
    private Item scalar(CallArguments call) {
        Operand value = call.operand(0, "data");
        DType dtype = dtype(call, fillType(value));
        call.ignore("device", "requires_grad", "pin_memory", "layout");
        return new Item.Device(
                value.type().isScalar()
                        ? ops.full(List.of(), value, dtype, call.span())
                        : ops.cast(value, dtype, call.span()));
    }

    /** From both ends, as torch does it, so that both are exact. */
    private Item linspace(CallArguments call) {
        Operand start = ops.cast(call.operand(0, "start"), DType.FLOAT32, call.span());
        Operand end = ops.cast(call.operand(1, "end"), DType.FLOAT32, call.span());
        Dim length = extents.dim(call.required(2, "steps"), call.span());
        DType dtype = dtype(call, DType.FLOAT32);
        call.ignore("device", "requires_grad", "layout");
        Span span = call.span();
        Value line = context.builder.value(new TensorType(DType.INT32, List.of(length)), "linspace");
        context.builder.emit(new CreationOp.Arange(line, 0, 1, span));
        Operand place = ops.cast(line, DType.FLOAT32, span);
        Operand count = ops.cast(new Operand.Sized(length.length(), DType.INT64), DType.FLOAT32, span);
        Operand last = of("maximum", of("sub", count, number(1), span), number(1), span);
        Operand step = of("div", of("sub", end, start, span), last, span);
        Operand low = of("add", start, of("mul", step, place, span), span);
        Operand high = of("sub", end, of("mul", step, of("sub", last, place, span), span), span);
        Operand early = of("lt", place, of("mul", count, number(0.5), span), span);
        Operand both = ops.pointwise("where", List.of(early, low, high), span);
        return new Item.Device(ops.cast(both, dtype, span));
    }

    private Operand of(String name, Operand a, Operand b, Span span) {
        return ops.pointwise(name, List.of(a, b), span);
    }

    private Item shaped(CallArguments call, Optional<Operand> fill, int dtypePosition) {
        Item shape = call.required(0, "shape");
        Operand value = fill.orElseGet(() -> call.operand(1, "value"));
        DType dtype = call.optionalDType(dtypePosition, "dtype").orElse(DType.FLOAT32);
        call.ignore("device");
        return filled(shape, value, dtype, call.span());
    }

    /** The shape stands in one argument or in several. */
    private Item listed(CallArguments call, int first, Operand fill, DType standard) {
        List<Item> sizes = new ArrayList<>();
        if (call.positional().size() <= first) {
            return full(call, call.required(first, "size"), fill, standard);
        }
        for (int i = first; i < call.positional().size(); i++) {
            sizes.add(call.required(i, "size"));
        }
        return full(call, sizes.size() == 1 ? sizes.get(0) : new Item.Sequence(sizes, false), fill, standard);
    }

    private Item full(CallArguments call, Item shape, Operand fill, DType standard) {
        DType dtype = dtype(call, standard);
        call.ignore("device", "requires_grad", "layout", "pin_memory");
        return filled(shape, fill, dtype, call.span());
    }

    private Item like(CallArguments call, Optional<Operand> fill) {
        Item self = call.required(0, "input");
        List<Dim> shape;
        DType own;
        if (self instanceof Item.Host host && host.tensor().rank() > 0) {
            shape = host.tensor().shape().stream().map(Dim::of).toList();
            own = host.tensor().dtype();
        } else {
            TensorType type = context.operand(self, call.span()).type();
            shape = type.shape();
            own = type.dtype();
        }
        Operand value = fill.orElseGet(() -> call.operand(1, "fill_value"));
        DType dtype = dtype(call, own);
        call.ignore("device", "memory_format", "requires_grad", "layout");
        return new Item.Device(ops.full(shape, scalar(value, call.span()), dtype, call.span()));
    }

    /** The shape of a device value has that value's axes; others are lengths alone. */
    private Item filled(Item shape, Operand fill, DType dtype, Span span) {
        List<Dim> dims = extents.dims(shape, span);
        return new Item.Device(
                shape instanceof Item.Extents
                        ? ops.full(dims, scalar(fill, span), dtype, span)
                        : ops.allocate(dims, scalar(fill, span), dtype, span));
    }

    private Operand scalar(Operand fill, Span span) {
        if (!fill.type().isScalar()) {
            throw context.error(span, MessageKey.FILL_IS_TENSOR);
        }
        return fill;
    }

    private DType dtype(CallArguments call, DType standard) {
        return call.keyword("dtype").isPresent()
                ? call.optionalDType(Integer.MAX_VALUE - 1, "dtype").orElse(standard)
                : standard;
    }

    private DType selfType(CallArguments call) {
        Item self = call.required(0, "self");
        return self instanceof Item.Host host
                ? host.tensor().dtype()
                : context.operand(self, call.span()).type().dtype();
    }

    private static DType fillType(Operand value) {
        DType dtype = value.type().dtype();
        return dtype.isFloating() && value.isNumber() ? DType.FLOAT32 : dtype;
    }

    private Item arange(CallArguments call, DType standard) {
        List<Item> bounds = new ArrayList<>();
        for (int i = 0; i < call.positional().size(); i++) {
            bounds.add(call.required(i, "end"));
        }
        Optional<Item> end = call.keyword("end");
        end.ifPresent(bounds::add);
        if (bounds.isEmpty() || bounds.size() > 3) {
            throw context.error(call.span(), MessageKey.WRONG_ARGUMENT_COUNT, call.callee(), "1 to 3", bounds.size());
        }
        DType dtype = dtype(call, standard);
        call.ignore("device", "requires_grad", "layout");
        Operand start = bounds.size() > 1 ? bound(bounds.get(0), call) : ZERO;
        Operand stop = bound(bounds.get(bounds.size() > 1 ? 1 : 0), call);
        Item stepItem = bounds.size() > 2 ? bounds.get(2) : call.keyword("step").orElse(new Item.Known(1L));
        if (!(stepItem instanceof Item.Known constant && constant.value() instanceof Long step) || step == 0) {
            throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "step", stepItem.describe());
        }
        Dim length = length(call, start, stop, step);
        boolean known = start instanceof Literal;
        Value value = context.builder.value(new TensorType(DType.INT32, List.of(length)), "arange");
        context.builder.emit(new CreationOp.Arange(
                value, known ? ((Number) ((Literal) start).number()).longValue() : 0, step, call.span()));
        Operand shifted = known ? value : ops.pointwise("add", List.of(value, start), call.span());
        return new Item.Device(ops.cast(shifted, dtype, call.span()));
    }

    private Dim length(CallArguments call, Operand start, Operand stop, long step) {
        Linear distance = Linear.of(stop, context.builder).plus(Linear.of(start, context.builder), -1);
        Optional<Integer> tile = distance.lengthOfTile();
        if (tile.isPresent() && step == 1) {
            return new Dim.Block(tile.get());
        }
        if (!distance.terms().isEmpty()) {
            throw context.error(call.span(), MessageKey.ARANGE_LENGTH, call.callee());
        }
        Size length = step > 0
                ? Size.of(Size.Operation.CEIL_DIVIDE, distance.rest(), Size.of(step))
                : Size.of(
                        Size.Operation.CEIL_DIVIDE,
                        Size.of(Size.Operation.SUBTRACT, Size.ZERO, distance.rest()),
                        Size.of(-step));
        return Dim.of(
                length.constant().isPresent()
                        ? Size.of(Math.max(0, length.constant().getAsLong()))
                        : length);
    }

    private Operand bound(Item item, CallArguments call) {
        Operand operand = item instanceof Item.Tile tile
                ? new Operand.Sized(extents.dim(tile, call.span()).length(), DType.INT64)
                : context.operand(item, call.span());
        if (!operand.type().isScalar() || operand.type().dtype().category() != DType.Category.INTEGER) {
            throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "end", item.describe());
        }
        return operand;
    }

    private static Literal number(double value) {
        return new Literal(value, DType.FLOAT32);
    }
}
