package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;

/** Positions along the axes of device tensors, and elements at positions. */
final class Places {

    private final Context context;
    private final DeviceOps ops;

    Places(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    /** 0, 1, ... of one axis, int32, for tensors of this rank to broadcast with. */
    Value offsets(Dim dim, int axis, int rank, Span span) {
        Value line = context.builder.value(new TensorType(DType.INT32, List.of(dim)), "places");
        context.builder.emit(new CreationOp.Arange(line, 0, 1, span));
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            axes.add(i == axis ? 0 : -1);
        }
        return rank == 1 ? line : ops.expandDims(line, axes, span);
    }

    /** 0, 1, ... along an axis of a tensor, in its shape. */
    Value along(Value tensor, int axis, Span span) {
        List<Dim> shape = tensor.type().shape();
        return (Value) ops.broadcastTo(offsets(shape.get(axis), axis, shape.size(), span), shape, span);
    }

    /** Elements at places along an axis; {@code places} has the operand's other axes. */
    Operand take(Value operand, Value places, int axis, Span span) {
        DType dtype = operand.type().dtype();
        // What is gathered is moved between threads as plain numbers.
        DType carrier = dtype == DType.BOOL ? DType.INT32 : dtype.isFloat8() ? DType.FLOAT32 : dtype;
        Value result =
                context.builder.value(new TensorType(carrier, places.type().shape()), operand.hint());
        context.builder.emit(new AxisOp.TakeAlong(
                result,
                (Value) ops.cast(operand, carrier, span),
                (Value) ops.cast(places, DType.INT32, span),
                axis,
                span));
        return ops.cast(result, dtype, span);
    }

    /** So many elements of an axis from a place on. */
    Operand piece(Value operand, int axis, long begin, long length, Span span) {
        List<Dim> shape = new ArrayList<>(operand.type().shape());
        shape.set(axis, new Dim.Static(length));
        Operand from = offsets(shape.get(axis), axis, shape.size(), span);
        if (begin != 0) {
            from = ops.pointwise("add", List.of(from, new Literal(begin, DType.INT64)), span);
        }
        return take(operand, (Value) ops.broadcastTo(from, shape, span), axis, span);
    }

    /** The order of the last axis. */
    Value sorted(Value operand, boolean descending, Span span) {
        DType dtype = operand.type().dtype();
        DType key = dtype.isHalf() || dtype.isFloat8() ? DType.FLOAT32 : dtype == DType.BOOL ? DType.INT32 : dtype;
        Value places = context.builder.value(operand.type().withDType(DType.INT32), "order");
        context.builder.emit(new AxisOp.Argsort(places, (Value) ops.cast(operand, key, span), descending, span));
        return places;
    }

    /** The largest or smallest number of a type, which loses against every other one. */
    static Literal last(DType dtype, boolean largest) {
        if (dtype.isFloating()) {
            return new Literal(largest ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY, dtype);
        }
        if (dtype == DType.BOOL) {
            return new Literal(largest, dtype);
        }
        int bits = 8 * dtype.bytes();
        if (dtype.isUnsigned()) {
            return new Literal(largest ? -1L >>> (64 - bits) : 0L, dtype);
        }
        long most = -1L >>> (65 - bits);
        return new Literal(largest ? most : -most - 1, dtype);
    }
}
