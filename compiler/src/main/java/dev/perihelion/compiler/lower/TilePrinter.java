package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.RootLoop;

/** Prints what programs ask about the tile they work on. */
final class TilePrinter {

    private final DeviceCode device;

    TilePrinter(DeviceCode device) {
        this.device = device;
    }

    void visitTileIndex(Op.TileIndex op) {
        device.rename(op.result(), device.axes.indexOf(new Dim.Block(op.block())));
    }

    void visitTileScalar(Op.TileScalar op) {
        Axes.Open axis = device.axes.get(op.block());
        long step = device.plan.step(axis.axis());
        switch (op.property()) {
            case BEGIN -> {
                boolean fromProgramId =
                        device.ir.roots().stream().map(RootLoop::axes).anyMatch(axes -> axes.contains(axis.axis()));
                if (fromProgramId) {
                    device.rename(op.result(), axis.begin());
                } else {
                    device.define(op.result(), "tl.cast(" + axis.begin() + ", tl.int32)");
                }
            }
            case END ->
                device.define(
                        op.result(),
                        device.axes.needsMask(new Dim.Block(op.block()))
                                ? "tl.minimum(" + axis.begin() + " + " + step + ", "
                                        + device.print(axis.axis().end()) + ")"
                                : axis.begin() + " + " + step);
            case ID ->
                device.define(
                        op.result(),
                        (axis.axis().beginsAtZero()
                                        ? axis.begin()
                                        : "(" + axis.begin() + " - "
                                                + device.print(axis.axis().begin()) + ")")
                                + " // " + step);
            case COUNT ->
                device.define(
                        op.result(),
                        "tl.full([], " + ProgramIds.count(axis.axis(), device.plan, device::print) + ", tl.int32)");
            case LIMIT ->
                device.define(
                        op.result(), "tl.full([], " + device.print(axis.axis().end()) + ", tl.int32)");
            case BLOCK_SIZE -> device.define(op.result(), "tl.full([], " + step + ", tl.int32)");
        }
    }
}
