package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand.Value;
import java.util.List;

/**
 * How long the compilers will take. Triton writes out every element that a thread holds, so their work grows with elements
 * per thread, times the operations on them, times the copies that unrolling makes.
 */
final class CompileEffort {

    private final DeviceCode device;

    CompileEffort(DeviceCode device) {
        this.device = device;
    }

    /** Operations on single elements that a thread's program text has. */
    double operations(List<Op> ops) {
        double sum = 0;
        for (Op op : ops) {
            double own = 0;
            for (Value value : op.results()) {
                own = Math.max(own, perThread(device.held(value.type().shape())));
            }
            if (op instanceof MemoryOp.Store store) {
                own = perThread(device.held(store.shape()));
            }
            double copies = copies(op);
            for (List<Op> region : op.regions()) {
                own += copies * operations(region);
            }
            sum += own;
        }
        return sum;
    }

    private double copies(Op op) {
        if (!(op instanceof FlowOp.ForTiles loop)) {
            return 1;
        }
        if (device.plan.isStatic(loop.axes())) {
            return loop.axes().stream().mapToDouble(device.axes::turns).reduce(1, (a, b) -> a * b);
        }
        return device.plan.pipeline(loop.axes().get(loop.axes().size() - 1)).copies();
    }

    private double perThread(double elements) {
        return Math.max(1, elements / device.threads());
    }
}
