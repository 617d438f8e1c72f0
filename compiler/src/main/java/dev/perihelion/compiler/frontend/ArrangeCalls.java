package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Functions that put elements or axes of device tensors elsewhere, and comparisons with sets of numbers. */
final class ArrangeCalls extends Family {

    private final Reducer reducer;
    private final Places places;

    ArrangeCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.reducer = new Reducer(context, ops);
        this.places = new Places(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("roll", this::roll);
        handlers.put("pad", this::pad);
        handlers.put("constant_pad_nd", this::pad);
        handlers.put("diff", this::diff);
        handlers.put("movedim", this::moved);
        handlers.put("moveaxis", this::moved);
        handlers.put("atleast_1d", call -> atLeast(call, 1));
        handlers.put("atleast_2d", call -> atLeast(call, 2));
        handlers.put("broadcast_tensors", this::broadcast);
        handlers.put("meshgrid", this::grid);
        handlers.put("isin", this::isIn);
        handlers.put("bucketize", call -> buckets(call, 0, 1, "input", "boundaries"));
        handlers.put("searchsorted", call -> buckets(call, 1, 0, "input", "sorted_sequence"));
        handlers.put("numel", call -> count(call));
        handlers.put("nelement", call -> count(call));
        handlers.put(
                "ndimension",
                call -> new Item.Known((long) call.operand(0, "input").type().rank()));
        handlers.put(
                "element_size",
                call -> new Item.Known(
                        (long) call.operand(0, "input").type().dtype().bytes()));
    }

    private Item count(CallArguments call) {
        Size product = Size.ONE;
        for (Dim dim : call.operand(0, "input").type().shape()) {
            product = Size.of(Size.Operation.MULTIPLY, product, dim.length());
        }
        return product.constant().isPresent()
                ? new Item.Known(product.constant().getAsLong())
                : new Item.Sized(product);
    }

    private Item roll(CallArguments call) {
        Value self = call.tensor(0, "input");
        List<Long> shifts = numbers(call, call.required(1, "shifts"), "shifts");
        Optional<Item> dims = call.optional(2, "dims").filter(item -> !Context.isNone(item));
        int rank = self.type().rank();
        Span span = call.span();
        if (dims.isEmpty() && rank != 1) {
            throw context.error(span, MessageKey.MISSING_ARGUMENT, call.callee(), "dims");
        }
        List<Item> axes = dims.map(item -> item instanceof Item.Sequence sequence ? sequence.items() : List.of(item))
                .orElse(List.of(new Item.Known(0L)));
        if (axes.size() != shifts.size()) {
            throw context.error(
                    span, MessageKey.WRONG_ARGUMENT_COUNT, call.callee(), axes.size() + " shifts", shifts.size());
        }
        Operand result = self;
        for (int i = 0; i < axes.size(); i++) {
            int axis = call.axis(axes.get(i), rank);
            Dim dim = self.type().shape().get(axis);
            Operand place = places.offsets(dim, axis, rank, span);
            Operand length = reducer.length(dim, DType.INT32, span);
            Operand from = op("remainder", span, op("sub", span, place, number(shifts.get(i))), length);
            Value whole = (Value) ops.broadcastTo(from, self.type().shape(), span);
            result = places.take((Value) result, whole, axis, span);
        }
        return device(result);
    }

    private List<Long> numbers(CallArguments call, Item item, String name) {
        List<Item> items = item instanceof Item.Sequence sequence ? sequence.items() : List.of(item);
        List<Long> numbers = new ArrayList<>();
        for (Item each : items) {
            if (!(each instanceof Item.Known known && known.value() instanceof Long number)) {
                throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), name, each.describe());
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** Of axes with constant lengths, from the last one on. */
    private Item pad(CallArguments call) {
        Value self = call.tensor(0, "input");
        List<Long> amounts = numbers(call, call.required(1, "pad"), "pad");
        boolean plain = call.callee().endsWith("constant_pad_nd");
        String mode = plain ? "constant" : call.optionalString(2, "mode").orElse("constant");
        Operand fill = call.optionalOperand(plain ? 2 : 3, "value").orElse(number(0L));
        Span span = call.span();
        int rank = self.type().rank();
        if (!mode.equals("constant") || amounts.size() % 2 != 0 || amounts.size() > 2 * rank) {
            throw context.error(
                    span, MessageKey.NEEDS_CONSTANT, call.callee(), "pad", amounts + " with mode `" + mode + "`");
        }
        Operand result = self;
        for (int i = 0; i < amounts.size() / 2; i++) {
            result = padded((Value) result, rank - 1 - i, amounts.get(2 * i), amounts.get(2 * i + 1), fill, call);
        }
        return device(result);
    }

    private Operand padded(Value value, int axis, long before, long behind, Operand fill, CallArguments call) {
        Span span = call.span();
        if (before == 0 && behind == 0) {
            return value;
        }
        long length = constantLength(value, axis, call);
        long whole = Math.max(0, length + before + behind);
        Operand taken = places.piece(value, axis, -before, whole, span);
        int rank = value.type().rank();
        Operand from = op("sub", span, places.offsets(new Dim.Static(whole), axis, rank, span), number(before));
        Operand inside =
                op("logical_and", span, op("ge", span, from, number(0L)), op("lt", span, from, number(length)));
        return op("where", span, inside, taken, ops.cast(fill, value.type().dtype(), span));
    }

    private long constantLength(Value value, int axis, CallArguments call) {
        if (value.type().shape().get(axis) instanceof Dim.Static known) {
            return known.size();
        }
        throw context.error(
                call.span(),
                MessageKey.CONSTANT_AXIS,
                call.callee(),
                ops.describe(value.type().shape()));
    }

    private Item diff(CallArguments call) {
        Value self = call.tensor(0, "input");
        long times = call.optionalInt(1, "n").orElse(1L);
        int axis = call.axis(
                call.optional(2, "dim").orElse(new Item.Known(-1L)), self.type().rank());
        Operand result = self;
        for (long i = 0; i < times; i++) {
            Value given = (Value) result;
            long length = Math.max(1, constantLength(given, axis, call));
            Operand later = places.piece(given, axis, 1, length - 1, call.span());
            Operand earlier = places.piece(given, axis, 0, length - 1, call.span());
            boolean truth = given.type().dtype() == DType.BOOL;
            result = op(truth ? "logical_xor" : "sub", call.span(), later, earlier);
        }
        return device(result);
    }

    private Item moved(CallArguments call) {
        Value self = call.tensor(0, "input");
        int rank = self.type().rank();
        List<Integer> from = axes(call, call.required(1, "source"), rank);
        List<Integer> to = axes(call, call.required(2, "destination"), rank);
        if (from.size() != to.size()) {
            throw context.error(
                    call.span(),
                    MessageKey.WRONG_ARGUMENT_COUNT,
                    call.callee(),
                    from.size() + " destinations",
                    to.size());
        }
        List<Integer> rest = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            if (!from.contains(axis)) {
                rest.add(axis);
            }
        }
        List<Integer> order = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            int at = to.indexOf(axis);
            order.add(at >= 0 ? from.get(at) : rest.remove(0));
        }
        return device(ops.permute(self, order, call.span()));
    }

    private static List<Integer> axes(CallArguments call, Item item, int rank) {
        List<Item> items = item instanceof Item.Sequence sequence ? sequence.items() : List.of(item);
        return items.stream().map(each -> call.axis(each, rank)).toList();
    }

    private Item atLeast(CallArguments call, int rank) {
        Operand result = call.operand(0, "tensor");
        while (result.type().rank() < rank) {
            result = result instanceof Value value && value.type().rank() > 0
                    ? ops.unsqueeze(value, 0, call.span())
                    : ops.broadcastTo(result, List.of(Dim.ONE), call.span());
        }
        return device(result);
    }

    private List<Operand> all(CallArguments call) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < Math.max(1, call.positional().size()); i++) {
            Item item = call.required(i, "tensors");
            items.addAll(item instanceof Item.Sequence sequence ? sequence.items() : List.of(item));
        }
        return items.stream().map(item -> context.operand(item, call.span())).toList();
    }

    private Item broadcast(CallArguments call) {
        List<Operand> operands = all(call);
        List<Dim> shape = List.of();
        for (Operand operand : operands) {
            shape = ops.broadcast(shape, operand.type().shape(), call.callee(), call.span());
        }
        List<Item> results = new ArrayList<>();
        for (Operand operand : operands) {
            results.add(device(ops.broadcastTo(operand, shape, call.span())));
        }
        return new Item.Sequence(results, false);
    }

    private Item grid(CallArguments call) {
        String indexing =
                call.optionalString(CallArguments.NAMED_ONLY, "indexing").orElse("ij");
        List<Operand> lines = all(call);
        if (!indexing.equals("ij")
                || !lines.stream().allMatch(line -> line.type().rank() == 1)) {
            throw context.error(
                    call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "indexing", "`" + indexing + "`");
        }
        List<Dim> shape = lines.stream().map(line -> line.type().shape().get(0)).toList();
        List<Item> results = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            List<Integer> axes = new ArrayList<>();
            for (int axis = 0; axis < lines.size(); axis++) {
                axes.add(axis == i ? 0 : -1);
            }
            Value line = ops.expandDims((Value) lines.get(i), axes, call.span());
            results.add(device(ops.broadcastTo(line, shape, call.span())));
        }
        return new Item.Sequence(results, false);
    }

    private Item isIn(CallArguments call) {
        Operand elements = call.operand(0, "elements");
        Operand set = call.operand(1, "test_elements");
        boolean inverted = call.optionalBool(CallArguments.NAMED_ONLY, "invert").orElse(false);
        call.ignore("assume_unique");
        Span span = call.span();
        if (set.type().rank() > 1) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, call.callee(), elements.type(), set.type());
        }
        Operand hit = op("eq", span, column(elements, set, span), set);
        Operand any = set.type().isScalar()
                ? hit
                : reducer.reduce(ReduceOp.MAX, hit, hit.type().rank() - 1, false, span);
        return device(inverted ? op("logical_not", span, any) : any);
    }

    /** With an axis behind it for the elements of a line. */
    private Operand column(Operand elements, Operand line, Span span) {
        return line.type().rank() == 1
                        && elements instanceof Value value
                        && value.type().rank() > 0
                ? ops.unsqueeze(value, value.type().rank(), span)
                : elements;
    }

    /** How many boundaries lie below each number, or at it where it belongs to the right. */
    private Item buckets(CallArguments call, int inputAt, int lineAt, String inputName, String lineName) {
        Operand elements = call.operand(inputAt, inputName);
        Value line = call.tensor(lineAt, lineName);
        boolean right = call.optionalBool(CallArguments.NAMED_ONLY, "right").orElse(false);
        boolean narrow =
                call.optionalBool(CallArguments.NAMED_ONLY, "out_int32").orElse(false);
        Span span = call.span();
        if (line.type().rank() != 1) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, call.callee(), elements.type(), line.type());
        }
        // NaN is above all numbers.
        Operand above = op(right ? "gt" : "ge", span, line, column(elements, line, span));
        Operand below = op("logical_not", span, above);
        Operand count = reducer.reduce(ReduceOp.SUM, below, below.type().rank() - 1, false, span);
        return device(ops.cast(count, narrow ? DType.INT32 : DType.INT64, span));
    }
}
