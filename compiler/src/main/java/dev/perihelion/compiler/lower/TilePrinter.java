package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.type.DType;

/** Prints what programs ask about the tile they work on. */
final class TilePrinter {

    private final DeviceCode device;

    TilePrinter(DeviceCode device) {
        this.device = device;
    }

    void visitTileIndex(CreationOp.TileIndex op) {
        String index = device.axes.indexOf(new Dim.Block(op.block()));
        DType held = device.axes.isOpen(op.block()) && isWide(op.block()) ? DType.INT64 : DType.INT32;
        if (op.result().type().dtype() == held) {
            device.rename(op.result(), index);
        } else {
            device.define(op.result(), index + ".to(" + type(op.result()) + ")");
        }
    }

    private boolean isWide(int block) {
        return device.axes.isWide(device.axes.get(block).axis());
    }

    private static String type(Operand.Value value) {
        return DeviceCode.triton(value.type().dtype());
    }

    void visitTileScalar(CreationOp.TileScalar op) {
        Axes.Open axis = device.axes.get(op.block());
        long step = device.plan.step(axis.axis());
        boolean plain = op.result().type().dtype() == DType.INT32 && !device.axes.isWide(axis.axis());
        if (op.property() == CreationOp.TileProperty.BEGIN || op.property() == CreationOp.TileProperty.END) {
            device.axes.noteBound(op.result(), op.block());
        }
        switch (op.property()) {
            case BEGIN -> {
                boolean fromProgramId =
                        device.ir.roots().stream().map(RootLoop::axes).anyMatch(axes -> axes.contains(axis.axis()));
                if (fromProgramId && plain) {
                    device.rename(op.result(), axis.begin());
                } else {
                    device.define(op.result(), "tl.cast(" + axis.begin() + ", " + type(op.result()) + ")");
                }
            }
            case END ->
                computed(
                        op,
                        plain,
                        device.axes.needsMask(new Dim.Block(op.block()))
                                ? "tl.minimum(" + axis.begin() + " + " + step + ", "
                                        + device.print(axis.axis().end()) + ")"
                                : axis.begin() + " + " + step);
            case ID ->
                computed(
                        op,
                        plain,
                        (axis.axis().beginsAtZero()
                                        ? axis.begin()
                                        : "(" + axis.begin() + " - "
                                                + device.print(axis.axis().begin()) + ")")
                                + " // " + step);
            case COUNT -> constant(op, ProgramIds.count(axis.axis(), device.plan, device::print));
            case LIMIT -> constant(op, device.print(axis.axis().end()));
            case BLOCK_SIZE -> constant(op, Long.toString(step));
        }
    }

    private void computed(CreationOp.TileScalar op, boolean plain, String text) {
        device.define(op.result(), plain ? text : "tl.cast(" + text + ", " + type(op.result()) + ")");
    }

    private void constant(CreationOp.TileScalar op, String text) {
        device.define(op.result(), "tl.full([], " + text + ", " + type(op.result()) + ")");
    }
}
