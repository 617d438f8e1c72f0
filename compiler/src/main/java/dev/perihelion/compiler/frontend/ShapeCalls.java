package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ShapeOp;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.compiler.type.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Functions that give device tensors other shapes: reshape, view, flatten, squeeze, stack, cat, repeat. */
final class ShapeCalls {

    private final Context context;
    private final DeviceOps ops;
    private final Extents extents;
    private final Reshapes reshapes;

    ShapeCalls(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.extents = new Extents(context);
        this.reshapes = new Reshapes(context);
    }

    /** {@code torch.reshape} and the like. */
    void registerTorch(Map<String, Handler> handlers) {
        handlers.put("reshape", this::reshape);
        handlers.put("view", this::view);
        handlers.put("view_as", this::viewAs);
        handlers.put("reshape_as", this::viewAs);
        handlers.put("flatten", this::flatten);
        handlers.put("ravel", call -> flat(call.tensor(0, "input"), call));
        handlers.put("unflatten", this::unflatten);
        handlers.put("squeeze", this::squeeze);
        handlers.put("stack", this::stack);
        handlers.put("cat", this::cat);
        handlers.put("concat", this::cat);
        handlers.put("concatenate", this::cat);
        handlers.put("hstack", call -> placed(call, 1, 1));
        handlers.put("vstack", call -> placed(call, 2, 0));
        handlers.put("row_stack", call -> placed(call, 2, 0));
        handlers.put("repeat_interleave", this::repeatInterleave);
        handlers.put("repeat", this::repeat);
        handlers.put("tile", this::repeat);
        for (String name : List.of("split", "chunk", "unbind", "tensor_split")) {
            handlers.put(name, call -> {
                throw context.error(call.span(), MessageKey.UNSUPPORTED_SPLIT, call.callee());
            });
        }
    }

    /** {@code hl.join} and {@code hl.split}. */
    void registerLanguage(Map<String, Handler> handlers) {
        handlers.put("join", this::join);
        handlers.put("split", this::split);
    }

    private Item reshape(CallArguments call) {
        Value self = tensor(call, "input");
        return device(reshaped(self, sizes(call, "shape"), call.span()));
    }

    private Item view(CallArguments call) {
        Item first = call.required(1, "dtype");
        if (first instanceof Item.Known known && known.value() instanceof DType dtype) {
            return bitcast(call, call.tensor(0, "self"), dtype);
        }
        return reshape(call);
    }

    private Item bitcast(CallArguments call, Value self, DType dtype) {
        if (self.type().dtype().bytes() != dtype.bytes() || dtype == DType.BOOL) {
            throw context.error(
                    call.span(), MessageKey.BITCAST_WIDTH, self.type().dtype().torchName(), dtype.torchName());
        }
        if (self.type().dtype() == dtype) {
            return device(self);
        }
        Value result = context.builder.value(self.type().withDType(dtype), self.hint());
        context.builder.emit(new ElementwiseOp.Bitcast(result, self, call.span()));
        return device(result);
    }

    private Item viewAs(CallArguments call) {
        Value self = call.tensor(0, "self");
        List<Dim> shape = call.operand(1, "other").type().shape();
        return device(reshaped(self, shape.stream().map(Optional::of).toList(), call.span()));
    }

    private Item flat(Value self, CallArguments call) {
        return device(reshaped(self, List.of(Optional.empty()), call.span()));
    }

    private Item flatten(CallArguments call) {
        Value self = call.tensor(0, "input");
        int rank = self.type().rank();
        int start = call.axis(call.optional(1, "start_dim").orElse(new Item.Known(0L)), rank);
        int end = call.axis(call.optional(2, "end_dim").orElse(new Item.Known(-1L)), rank);
        List<Optional<Dim>> shape = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            if (i <= start || i > end) {
                shape.add(
                        i == start && end > start
                                ? Optional.empty()
                                : Optional.of(self.type().shape().get(i)));
            }
        }
        return device(reshaped(self, shape, call.span()));
    }

    private Item unflatten(CallArguments call) {
        Value self = call.tensor(0, "input");
        int axis = call.axis(call.required(1, "dim"), self.type().rank());
        Item sizes = call.required(2, "sizes");
        List<Optional<Dim>> shape = new ArrayList<>();
        for (int i = 0; i < self.type().rank(); i++) {
            if (i != axis) {
                shape.add(Optional.of(self.type().shape().get(i)));
            } else if (sizes instanceof Item.Sequence sequence) {
                sequence.items().forEach(item -> shape.add(extent(item, call.span())));
            }
        }
        return device(reshaped(self, shape, call.span()));
    }

    private Item squeeze(CallArguments call) {
        Value self = call.tensor(0, "input");
        Optional<Item> dim = call.optional(1, "dim");
        List<Dim> shape = self.type().shape();
        List<Integer> axes = new ArrayList<>();
        if (dim.isPresent() && dim.get() instanceof Item.Sequence sequence) {
            sequence.items().forEach(item -> axes.add(call.axis(item, shape.size())));
        } else if (dim.isPresent()) {
            axes.add(call.axis(dim.get(), shape.size()));
        }
        List<Optional<Dim>> kept = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            boolean dropped = shape.get(i).equals(Dim.ONE) && (dim.isEmpty() || axes.contains(i));
            if (!dropped) {
                kept.add(Optional.of(shape.get(i)));
            }
        }
        return device(kept.size() == shape.size() ? self : reshaped(self, kept, call.span()));
    }

    private Operand reshaped(Value self, List<Optional<Dim>> sizes, Span span) {
        List<Dim> shape = reshapes.dims(self.type().shape(), sizes, span);
        return shape.equals(self.type().shape()) ? self : ops.reshape(self, shape, span);
    }

    private Value tensor(CallArguments call, String name) {
        Operand operand = call.operand(0, name);
        return operand instanceof Value value ? value : call.tensor(0, name);
    }

    private List<Optional<Dim>> sizes(CallArguments call, String name) {
        List<Item> items = new ArrayList<>();
        for (int i = 1; i < Math.max(2, call.positional().size()); i++) {
            items.add(call.required(i, name));
        }
        if (items.size() == 1 && items.get(0) instanceof Item.Extents given) {
            return given.dims().stream().map(Optional::of).toList();
        }
        if (items.size() == 1 && items.get(0) instanceof Item.Sequence sequence) {
            items = sequence.items();
        }
        return items.stream().map(item -> extent(item, call.span())).toList();
    }

    private Optional<Dim> extent(Item item, Span span) {
        return CallArguments.isConstant(item, -1L) ? Optional.empty() : Optional.of(extents.dim(item, span));
    }

    private Item join(CallArguments call) {
        return device(joined(call.operand(0, "tensor0"), call.operand(1, "tensor1"), call.span()));
    }

    /** Both are broadcast to one shape and type. */
    private Value joined(Operand first, Operand second, Span span) {
        List<Dim> shape = ops.broadcast(first.type().shape(), second.type().shape(), "hl.join", span);
        DType dtype = Promotion.common(List.of(first, second));
        Value a = block(ops.cast(first, dtype, span), shape, span);
        Value b = block(ops.cast(second, dtype, span), shape, span);
        List<Dim> wide = new ArrayList<>(shape);
        wide.add(new Dim.Static(2));
        Value result = context.builder.value(new TensorType(dtype, wide), "joined");
        context.builder.emit(new ShapeOp.Join(result, a, b, span));
        return result;
    }

    private Value block(Operand operand, List<Dim> shape, Span span) {
        if (operand.isNumber()) {
            return ops.full(shape, operand, operand.type().dtype(), span);
        }
        return (Value) ops.broadcastTo(operand, shape, span);
    }

    private Item split(CallArguments call) {
        Value self = call.tensor(0, "tensor");
        List<Dim> shape = self.type().shape();
        if (!shape.get(shape.size() - 1).length().equals(Size.of(2))) {
            throw context.error(call.span(), MessageKey.SPLIT_AXIS, ops.describe(shape));
        }
        TensorType half = self.type().withShape(shape.subList(0, shape.size() - 1));
        Value first = context.builder.value(half, self.hint());
        Value second = context.builder.value(half, self.hint());
        context.builder.emit(new ShapeOp.Split(first, second, self, call.span()));
        return new Item.Sequence(List.of(device(first), device(second)), false);
    }

    private Item stack(CallArguments call) {
        List<Operand> tensors = tensors(call);
        int rank = tensors.get(0).type().rank() + 1;
        int axis = call.axis(call.optional(1, "dim").orElse(new Item.Known(0L)), rank);
        Value last = stacked(tensors, call.span());
        return device(moved(last, rank - 1, axis, call.span()));
    }

    private List<Operand> tensors(CallArguments call) {
        Item list = call.required(0, "tensors");
        if (list instanceof Item.Sequence sequence && !sequence.items().isEmpty()) {
            return sequence.items().stream()
                    .map(item -> context.operand(item, call.span()))
                    .toList();
        }
        throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "tensors", list.describe());
    }

    /** The tensors along a new last axis: those at even places and those at odd ones are joined. */
    private Value stacked(List<Operand> tensors, Span span) {
        List<Operand> all = new ArrayList<>(tensors);
        while (!Dims.isPowerOfTwo(all.size())) {
            Operand first = tensors.get(0);
            all.add(ops.cast(new Operand.Literal(0L, DType.INT64), first.type().dtype(), span));
        }
        Value stacked = interleaved(all, span);
        List<Dim> shape = new ArrayList<>(stacked.type().shape());
        if (all.size() == tensors.size()) {
            return stacked;
        }
        shape.set(shape.size() - 1, new Dim.Static(tensors.size()));
        return ops.reshape(stacked, shape, span);
    }

    private Value interleaved(List<Operand> tensors, Span span) {
        if (tensors.size() == 1) {
            return ops.unsqueeze((Value) tensors.get(0), tensors.get(0).type().rank(), span);
        }
        if (tensors.size() == 2) {
            return joined(tensors.get(0), tensors.get(1), span);
        }
        List<Operand> even = new ArrayList<>();
        List<Operand> odd = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            (i % 2 == 0 ? even : odd).add(tensors.get(i));
        }
        Value pairs = joined(interleaved(even, span), interleaved(odd, span), span);
        List<Dim> shape =
                new ArrayList<>(pairs.type().shape().subList(0, pairs.type().rank() - 2));
        shape.add(new Dim.Static(tensors.size()));
        return ops.reshape(pairs, shape, span);
    }

    /** The value with one axis at another place. */
    private Value moved(Value value, int from, int to, Span span) {
        if (from == to) {
            return value;
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < value.type().rank(); i++) {
            order.add(i);
        }
        order.remove(Integer.valueOf(from));
        order.add(to, from);
        return ops.permute(value, order, span);
    }

    private Item cat(CallArguments call) {
        List<Operand> tensors = tensors(call);
        List<Dim> shape = tensors.get(0).type().shape();
        int axis = call.axis(call.optional(1, "dim").orElse(new Item.Known(0L)), shape.size());
        return cat(tensors, axis, call);
    }

    /** Tensors beside each other, lines standing for matrices of one row where {@code rank} is 2. */
    private Item placed(CallArguments call, int rank, int axis) {
        List<Operand> tensors = new ArrayList<>();
        for (Operand tensor : tensors(call)) {
            boolean line = rank == 2 && tensor.type().rank() == 1;
            tensors.add(line ? ops.unsqueeze((Value) tensor, 0, call.span()) : tensor);
        }
        boolean lines = tensors.get(0).type().rank() == 1;
        if (tensors.get(0).type().isScalar()) {
            throw context.error(call.span(), MessageKey.NEEDS_TENSOR, call.callee(), "tensors");
        }
        return cat(tensors, lines ? 0 : axis, call);
    }

    private Item cat(List<Operand> tensors, int axis, CallArguments call) {
        List<Dim> shape = tensors.get(0).type().shape();
        if (tensors.size() == 1) {
            return device(tensors.get(0));
        }
        boolean equal = tensors.stream()
                .allMatch(tensor -> tensor.type().shape().size() == shape.size()
                        && tensor.type().shape().get(axis).equals(shape.get(axis)));
        if (!equal) {
            return device(concatenated(tensors, axis, call));
        }
        Value stacked = stacked(tensors, call.span());
        Value placed = moved(stacked, stacked.type().rank() - 1, axis, call.span());
        return device(mergedAxes(placed, axis, call.span()));
    }

    /** Tensors of different lengths: each place of the result takes from the tensor that it lies in. */
    private Value concatenated(List<Operand> tensors, int axis, CallArguments call) {
        Span span = call.span();
        Size total = Size.ZERO;
        List<Dim> shape = tensors.get(0).type().shape();
        for (Operand tensor : tensors) {
            Dim dim =
                    tensor.type().rank() == shape.size() ? tensor.type().shape().get(axis) : null;
            boolean known = dim instanceof Dim.Static
                    || dim instanceof Dim.Sized
                    || dim instanceof Dim.Block block && !context.isTile(block.id());
            if (!known || !(tensor instanceof Value)) {
                throw context.error(span, MessageKey.CAT_SHAPES, call.callee());
            }
            total = Size.of(Size.Operation.ADD, total, dim.length());
            List<Dim> others = new ArrayList<>(tensor.type().shape());
            others.set(axis, shape.get(axis));
            shape = ops.broadcast(shape, others, call.callee(), span);
        }
        List<Dim> whole = new ArrayList<>(shape);
        whole.set(axis, Dim.of(total));
        DType dtype = Promotion.common(tensors);
        Places places = new Places(context, ops);
        Operand place = places.offsets(whole.get(axis), axis, whole.size(), span);
        Operand result = null;
        Size begin = Size.ZERO;
        for (Operand tensor : tensors) {
            Dim length = tensor.type().shape().get(axis);
            List<Dim> own = new ArrayList<>(whole);
            own.set(axis, length);
            Value operand = (Value) ops.broadcastTo(ops.cast(tensor, dtype, span), own, span);
            Operand start = new Operand.Sized(begin, DType.INT64);
            Operand from = ops.pointwise("sub", List.of(place, start), span);
            Operand taken = places.take(operand, (Value) ops.broadcastTo(from, whole, span), axis, span);
            result = result == null
                    ? taken
                    : ops.pointwise(
                            "where", List.of(ops.pointwise("lt", List.of(place, start), span), result, taken), span);
            begin = Size.of(Size.Operation.ADD, begin, length.length());
        }
        return (Value) result;
    }

    /** An axis and the one behind it as one. */
    private Value mergedAxes(Value value, int axis, Span span) {
        List<Dim> shape = new ArrayList<>(value.type().shape());
        Dim inner = shape.remove(axis + 1);
        List<Dim> parts = Dims.atoms(List.of(shape.get(axis), inner));
        shape.set(axis, reshapes.merged(parts));
        return ops.reshape(value, shape, span);
    }

    private Item repeatInterleave(CallArguments call) {
        Value self = call.tensor(0, "input");
        long times = call.optionalInt(1, "repeats").orElse(1L);
        int axis = call.axis(call.required(2, "dim"), self.type().rank());
        call.ignore("output_size");
        return device(repeated(self, axis, axis + 1, times, call.span()));
    }

    private Item repeat(CallArguments call) {
        Value self = call.tensor(0, "input");
        List<Item> sizes = new ArrayList<>();
        for (int i = 1; i < Math.max(2, call.positional().size()); i++) {
            Item item = call.required(i, "sizes");
            if (item instanceof Item.Sequence sequence) {
                sizes.addAll(sequence.items());
            } else {
                sizes.add(item);
            }
        }
        Value result = self;
        while (result.type().rank() < sizes.size()) {
            result = ops.unsqueeze(result, 0, call.span());
        }
        int offset = result.type().rank() - sizes.size();
        for (int i = 0; i < sizes.size(); i++) {
            Item item = sizes.get(i);
            if (!(item instanceof Item.Known known && known.value() instanceof Long times)) {
                throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "sizes", item.describe());
            }
            result = repeated(result, i + offset, i + offset, times, call.span());
        }
        return device(result);
    }

    /** An axis repeated, by a new axis in front of it or behind it. */
    private Value repeated(Value self, int axis, int newAxis, long times, Span span) {
        if (times == 1) {
            return self;
        }
        Value wide = ops.unsqueeze(self, newAxis, span);
        List<Dim> shape = new ArrayList<>(wide.type().shape());
        shape.set(newAxis, Dim.of(Size.of(times)));
        return mergedAxes((Value) ops.broadcastTo(wide, shape, span), axis, span);
    }

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
