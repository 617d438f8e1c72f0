package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Places of extremes, orders, and elements at places. */
final class PlaceCalls extends Family {

    private final Places places;
    private final Combiners combiners;
    private final Reducer reducer;

    PlaceCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.places = new Places(context, ops);
        this.combiners = new Combiners(context, ops);
        this.reducer = new Reducer(context, ops);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("argmax", call -> place(call, true));
        handlers.put("argmin", call -> place(call, false));
        handlers.put("sort", this::sort);
        handlers.put("argsort", call -> ((Item.Sequence) sort(call)).items().get(1));
        handlers.put("msort", this::firstAxisSorted);
        handlers.put("kthvalue", this::kthValue);
        handlers.put("topk", this::topk);
        handlers.put("gather", this::gather);
        handlers.put("take_along_dim", this::gather);
        handlers.put("index_select", this::indexSelect);
        handlers.put("flip", this::flip);
        handlers.put("fliplr", this::flip);
        handlers.put("flipud", this::flip);
        handlers.put("tril", call -> triangle(call, "le"));
        handlers.put("triu", call -> triangle(call, "ge"));
    }

    /** The extreme values of an axis and the first of their places. */
    Item extreme(CallArguments call, boolean largest) {
        Value self = call.tensor(0, "input");
        int axis = call.axis(call.required(1, "dim"), self.type().rank());
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        Span span = call.span();
        List<Operand> found = extreme(List.of(self, places.along(self, axis, span)), axis, largest, call);
        List<Integer> axes = List.of(axis);
        return new Item.Sequence(
                List.of(
                        device(reducer.restore(found.get(0), axes, keepDim, span)),
                        device(reducer.restore(ops.cast(found.get(1), DType.INT64, span), axes, keepDim, span))),
                false);
    }

    private List<Operand> extreme(List<Value> pair, int axis, boolean largest, CallArguments call) {
        Span span = call.span();
        List<Literal> fills = List.of(
                Places.last(pair.get(0).type().dtype(), !largest),
                Places.last(pair.get(1).type().dtype(), true));
        return combiners.reduce(
                pair,
                fills,
                axis,
                (left, right) -> {
                    Operand take = isBetter(left, right, largest, span);
                    return List.of(
                            op("where", span, take, left.get(0), right.get(0)),
                            op("where", span, take, left.get(1), right.get(1)));
                },
                call.callee(),
                span);
    }

    /** Whether the left one wins: NaN wins, and of equals the one that stands first. */
    private Operand isBetter(List<Operand> left, List<Operand> right, boolean largest, Span span) {
        Operand better = op(largest ? "gt" : "lt", span, left.get(0), right.get(0));
        Operand equal = op("eq", span, left.get(0), right.get(0));
        if (left.get(0).type().dtype().isFloating()) {
            Operand leftNan = op("isnan", span, left.get(0));
            Operand rightNan = op("isnan", span, right.get(0));
            better =
                    op("logical_or", span, better, op("logical_and", span, leftNan, op("logical_not", span, rightNan)));
            equal = op("logical_or", span, equal, op("logical_and", span, leftNan, rightNan));
        }
        Operand first = op("lt", span, left.get(1), right.get(1));
        return op("logical_or", span, better, op("logical_and", span, equal, first));
    }

    /** Without an axis, the place in the flattened tensor. */
    private Item place(CallArguments call, boolean largest) {
        Value self = call.tensor(0, "input");
        int rank = self.type().rank();
        List<Integer> axes = reducer.axes(call, 1, rank);
        boolean keepDim = call.optionalBool(2, "keepdim").orElse(false);
        Span span = call.span();
        List<Operand> found = List.of(self, flatPlaces(self, axes, span));
        for (int i = axes.size() - 1; i >= 0; i--) {
            List<Value> pair = List.of((Value) found.get(0), (Value) found.get(1));
            found = extreme(pair, axes.get(i), largest, call);
        }
        return device(reducer.restore(ops.cast(found.get(1), DType.INT64, span), axes, keepDim, span));
    }

    private Value flatPlaces(Value self, List<Integer> axes, Span span) {
        List<Dim> shape = self.type().shape();
        Operand flat = null;
        for (int axis : axes) {
            Operand offsets = places.offsets(shape.get(axis), axis, shape.size(), span);
            if (flat != null) {
                Operand length = reducer.length(shape.get(axis), DType.INT32, span);
                offsets = op("add", span, op("mul", span, flat, length), offsets);
            }
            flat = offsets;
        }
        return (Value) ops.broadcastTo(flat, shape, span);
    }

    /** Sorting keeps equal elements in their order. */
    private Item sort(CallArguments call) {
        call.ignore("stable");
        Value given = call.tensor(0, "input");
        int axis = axis(call, call.optional(1, "dim"), given);
        boolean descending = call.optionalBool(2, "descending").orElse(false);
        Span span = call.span();
        Value self = swapped(given, axis, span);
        Value order = places.sorted(self, descending, span);
        Operand values = places.take(self, order, self.type().rank() - 1, span);
        return ordered(values, order, axis, span);
    }

    private Item firstAxisSorted(CallArguments call) {
        Value self = swapped(call.tensor(0, "input"), 0, call.span());
        Value order = places.sorted(self, false, call.span());
        Operand values = places.take(self, order, self.type().rank() - 1, call.span());
        return device(swapped((Value) values, 0, call.span()));
    }

    /** The k-th smallest element of an axis, counted from 1, and its place. */
    private Item kthValue(CallArguments call) {
        Value given = call.tensor(0, "input");
        long k = call.optionalInt(1, "k")
                .orElseThrow(() -> context.error(call.span(), MessageKey.MISSING_ARGUMENT, call.callee(), "k"));
        int axis = axis(call, call.optional(2, "dim"), given);
        boolean keepDim = call.optionalBool(3, "keepdim").orElse(false);
        Span span = call.span();
        Value self = swapped(given, axis, span);
        int last = self.type().rank() - 1;
        Value place = (Value) places.piece(places.sorted(self, false, span), last, k - 1, 1, span);
        Operand value = places.take(self, place, last, span);
        List<Dim> rest = self.type().shape().subList(0, last);
        List<Item> results = new ArrayList<>();
        for (Operand found : List.of(value, ops.cast(place, DType.INT64, span))) {
            results.add(
                    device(keepDim ? swapped((Value) found, axis, span) : dropped((Value) found, rest, axis, span)));
        }
        return new Item.Sequence(results, false);
    }

    /** Without the last axis, which stood at {@code axis} in place of the one that stands there now. */
    private Operand dropped(Value found, List<Dim> rest, int axis, Span span) {
        Value dense = ops.reshape(found, rest, span);
        List<Integer> order = new ArrayList<>();
        int last = rest.size();
        for (int i = 0; i < last; i++) {
            if (i != axis) {
                order.add(i);
            }
        }
        // What was last was put in the place of the axis.
        if (axis < last) {
            order.add(axis);
        }
        return axis < last ? ops.permute(dense, order, span) : dense;
    }

    /** The axis that a call orders, the last one where it names none. */
    private int axis(CallArguments call, Optional<Item> dim, Value self) {
        int rank = self.type().rank();
        return dim.map(item -> call.axis(item, rank)).orElse(rank - 1);
    }

    /** The value with this axis and the last one in each other's place. */
    private Value swapped(Value value, int axis, Span span) {
        int last = value.type().rank() - 1;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            order.add(i == axis ? last : i == last ? axis : i);
        }
        return axis == last ? value : ops.permute(value, order, span);
    }

    private Item ordered(Operand values, Value order, int axis, Span span) {
        Operand indices = ops.cast(swapped(order, axis, span), DType.INT64, span);
        return new Item.Sequence(List.of(device(swapped((Value) values, axis, span)), device(indices)), false);
    }

    private Item topk(CallArguments call) {
        Value given = call.tensor(0, "input");
        int last = given.type().rank() - 1;
        Dim count = new Extents(context).dim(call.required(1, "k"), call.span());
        int axis = axis(call, call.optional(2, "dim"), given);
        boolean largest = call.optionalBool(3, "largest").orElse(true);
        call.optionalBool(4, "sorted");
        Span span = call.span();
        Value self = swapped(given, axis, span);
        List<Dim> shape = new ArrayList<>(self.type().shape());
        if (count instanceof Dim.Static k && shape.get(last) instanceof Dim.Static all && k.size() > all.size()) {
            throw context.error(span, MessageKey.INDEX_OUT_OF_RANGE, k.size() - 1, axis, "input", all.size());
        }
        shape.set(last, count);
        Value first = (Value) ops.broadcastTo(places.offsets(count, last, last + 1, span), shape, span);
        Value order = (Value) places.take(places.sorted(self, largest, span), first, last, span);
        Operand values = places.take(self, order, last, span);
        return ordered(values, order, axis, span);
    }

    private Item gather(CallArguments call) {
        boolean along = call.callee().endsWith("take_along_dim");
        Value self = call.tensor(0, "input");
        Value index = call.tensor(along ? 1 : 2, along ? "indices" : "index");
        int rank = self.type().rank();
        int axis = call.axis(call.required(along ? 2 : 1, "dim"), rank);
        Span span = call.span();
        List<Dim> shape = new ArrayList<>(self.type().shape());
        if (index.type().rank() != rank) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, call.callee(), self.type(), index.type());
        }
        shape.set(axis, index.type().shape().get(axis));
        return device(places.take(self, (Value) ops.broadcastTo(index, shape, span), axis, span));
    }

    private Item indexSelect(CallArguments call) {
        Value self = call.tensor(0, "input");
        int rank = self.type().rank();
        int axis = call.axis(call.required(1, "dim"), rank);
        Value index = call.tensor(2, "index");
        Span span = call.span();
        if (index.type().rank() != 1) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, call.callee(), self.type(), index.type());
        }
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            axes.add(i == axis ? 0 : -1);
        }
        List<Dim> shape = new ArrayList<>(self.type().shape());
        shape.set(axis, index.type().shape().get(0));
        Value line = rank == 1 ? index : ops.expandDims(index, axes, span);
        return device(places.take(self, (Value) ops.broadcastTo(line, shape, span), axis, span));
    }

    private Item flip(CallArguments call) {
        Value self = call.tensor(0, "input");
        Span span = call.span();
        Operand result = self;
        List<Integer> axes = call.callee().endsWith("fliplr")
                ? List.of(1)
                : call.callee().endsWith("flipud")
                        ? List.of(0)
                        : reducer.axes(call, 1, self.type().rank());
        for (int axis : axes) {
            Dim dim = self.type().shape().get(axis);
            Operand last = op("sub", span, reducer.length(dim, DType.INT32, span), number(1L));
            Operand mirrored =
                    op("sub", span, last, places.offsets(dim, axis, self.type().rank(), span));
            Value from = (Value) ops.broadcastTo(mirrored, self.type().shape(), span);
            result = places.take((Value) result, from, axis, span);
        }
        return device(result);
    }

    private Item triangle(CallArguments call, String comparison) {
        Value self = call.tensor(0, "input");
        int rank = self.type().rank();
        Operand diagonal = call.optionalOperand(1, "diagonal").orElse(number(0L));
        Span span = call.span();
        if (rank < 2) {
            throw context.error(span, MessageKey.NEEDS_TENSOR, call.callee(), "input");
        }
        List<Dim> shape = self.type().shape();
        Operand row = places.offsets(shape.get(rank - 2), rank - 2, rank, span);
        Operand column = places.offsets(shape.get(rank - 1), rank - 1, rank, span);
        Operand kept = op(comparison, span, op("sub", span, column, row), diagonal);
        return device(op("where", span, kept, self, number(0L)));
    }
}
