package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Prints operations that combine the elements along an axis, for which padded lanes must hold what changes nothing. */
final class ReductionPrinter {

    private final DeviceCode device;

    ReductionPrinter(DeviceCode device) {
        this.device = device;
    }

    void visitReduce(AxisOp.Reduce op) {
        Dim dim = op.operand().type().shape().get(op.axis());
        String operand = device.layouts.settled(
                op.operand(), masked(op.operand(), op.axis(), op.op().identity()), op.axis());
        if (dim instanceof Dim.Static known && device.axes.isChunked(known.size())) {
            String accumulator = accumulator(op);
            device.line(accumulator + " = "
                    + op.op().combine().replace("{0}", accumulator).replace("{1}", operand));
        } else {
            device.define(op.result(), reduction(op, operand));
            device.work.exchange();
        }
        device.padding.reduce(op);
        List<Dim> shape = op.operand().type().shape();
        device.work.compute(device.elements(shape), device.held(shape));
    }

    static String reduction(AxisOp.Reduce op, String operand) {
        return op.op().template().replace("{0}", operand).replace("{1}", Integer.toString(op.axis()));
    }

    String accumulator(AxisOp.Reduce op) {
        return device.nameBeside(op.result(), "_chunks");
    }

    /** The operand with {@code fill} on the padded lanes of an axis; the operand itself where they hold it anyway. */
    String masked(Value operand, int axis, double fill) {
        List<Dim> shape = operand.type().shape();
        Optional<String> mask = device.axes.maskOf(shape, axis);
        OptionalDouble known = device.padding.of(operand, axis);
        if (mask.isEmpty() || known.isPresent() && known.getAsDouble() == fill) {
            return device.print(operand);
        }
        DType dtype = operand.type().dtype();
        String constant = number(fill, dtype);
        return "tl.where(" + mask.get() + ", " + device.print(operand) + ", " + constant + ")";
    }

    /** A number as a constant of a dtype; infinities become the ends of an integer type. */
    static String number(double fill, DType dtype) {
        return dtype.isFloating() ? DeviceCode.number(fill) : integer(fill, dtype);
    }

    private static String integer(double fill, DType dtype) {
        if (Double.isFinite(fill)) {
            return Long.toString((long) fill);
        }
        int bits = dtype.bytes() * 8;
        if (dtype.isUnsigned()) {
            return fill > 0 ? Long.toUnsignedString(-1L >>> (64 - bits)) : "0";
        }
        long limit = bits == 64 ? Long.MAX_VALUE : (1L << (bits - 1)) - 1;
        return Long.toString(fill > 0 ? limit : -limit - 1);
    }
}
