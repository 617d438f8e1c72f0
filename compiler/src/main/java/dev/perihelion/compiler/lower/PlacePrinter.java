package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Dim;
import java.util.ArrayList;
import java.util.List;

/** Prints what orders elements along an axis, and what takes them from other places. */
final class PlacePrinter {

    private final DeviceCode device;

    PlacePrinter(DeviceCode device) {
        this.device = device;
    }

    void visitArgsort(AxisOp.Argsort op) {
        List<Dim> shape = op.operand().type().shape();
        boolean wide = op.operand().type().dtype().bytes() == 8;
        String keys = "_order_keys(" + device.print(op.operand()) + ", " + (op.descending() ? "True" : "False") + ")";
        String mask = device.axes
                .maskOf(shape, shape.size() - 1)
                .map(lanes -> "tl.broadcast_to(" + lanes + ", " + device.shape(shape) + ")")
                .orElse("tl.full(" + device.shape(shape) + ", True, tl.int1)");
        device.define(op.result(), (wide ? "_ranked_places(" : "_sorted_places(") + keys + ", " + mask + ")");
        double comparisons = device.plan.length(shape.get(shape.size() - 1));
        device.work.compute(device.elements(shape) * comparisons, device.held(shape) * comparisons);
        device.work.exchange();
    }

    void visitTakeAlong(AxisOp.TakeAlong op) {
        device.define(
                op.result(),
                "_take_along(" + lengthened(op) + ", " + device.print(op.places()) + ", " + op.axis() + ")");
        List<Dim> taken = op.result().type().shape();
        device.work.compute(device.elements(taken), device.held(taken));
        device.work.exchange();
    }

    /** The operand, repeated until it is as long as the places: Triton 3.8 fails at some gathers from shorter ones. */
    private String lengthened(AxisOp.TakeAlong op) {
        String text = device.print(op.operand());
        List<Dim> shape = op.operand().type().shape();
        int axis = op.axis();
        long length = device.plan.length(shape.get(axis));
        long wanted = device.plan.length(op.places().type().shape().get(axis));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            if (i == axis) {
                order.add(shape.size());
            }
            order.add(i);
        }
        for (; length < wanted; length *= 2) {
            List<Long> lengths =
                    new ArrayList<>(shape.stream().map(device.plan::length).toList());
            lengths.set(axis, length * 2);
            String name = device.names.fresh("repeated");
            device.line(name + " = tl.reshape(tl.permute(tl.join(" + text + ", " + text + "), " + order + "), "
                    + lengths + ")");
            text = name;
        }
        return text;
    }
}
