package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.type.DType;
import java.util.List;

/**
 * How long the compilers will take. Triton writes out every element that a thread holds, so their work grows with elements
 * per thread, times the operations on them, times the copies that unrolling makes.
 */
final class CompileEffort {

    /** Philox runs ten rounds. */
    private static final double RANDOM = 60;
    /** What warps say to each other, written out for each reduction. */
    private static final double EXCHANGE = 30;

    private final DeviceCode device;

    CompileEffort(DeviceCode device) {
        this.device = device;
    }

    /** The copies of a loop's body: an unrolled loop is followed by one for the turns that remain. */
    static double copies(Pipeline pipeline) {
        return pipeline.copies() > 1 ? pipeline.copies() + 1 : 1;
    }

    /** Operations on single elements that a thread's program text has. */
    double operations(List<Op> ops) {
        double sum = 0;
        for (Op op : ops) {
            double copies = copies(op);
            sum += own(op);
            for (List<Op> region : op.regions()) {
                sum += copies * operations(region);
            }
        }
        return sum;
    }

    private double own(Op op) {
        if (op instanceof FlowOp) {
            return 1;
        }
        double most = op instanceof MemoryOp.Store store ? device.held(store.shape()) : 1;
        for (Value value : op.results()) {
            most = Math.max(most, device.held(value.type().shape()));
        }
        for (Operand operand : op.operands()) {
            most = Math.max(most, device.held(operand.type().shape()));
        }
        double perThread = Math.max(1, most / device.threads());
        if (op instanceof CreationOp.Random) {
            return RANDOM * perThread;
        }
        if (op instanceof AxisOp.Reduce || op instanceof AxisOp.ReduceTuple || op instanceof AxisOp.Scan) {
            return perThread + EXCHANGE;
        }
        if (op instanceof AxisOp.Argsort sort) {
            List<Dim> shape = sort.operand().type().shape();
            double steps = Math.log(device.plan.length(shape.get(shape.size() - 1))) / Math.log(2);
            return (perThread + EXCHANGE / 2) * steps * (steps + 1) / 2;
        }
        return op instanceof ProductOp.Dot dot ? Math.max(perThread, multiplications(dot)) : perThread;
    }

    /** Products that no matrix unit does are written out. */
    private double multiplications(ProductOp.Dot dot) {
        boolean isWrittenOut =
                dot.left().type().dtype() == DType.FLOAT32 && dot.precision().equals("ieee");
        List<Dim> shape = dot.left().type().shape();
        double depth = device.plan.length(shape.get(shape.size() - 1));
        return isWrittenOut ? device.held(dot.result().type().shape()) * depth / device.threads() : 0;
    }

    private double copies(Op op) {
        if (!(op instanceof FlowOp.ForTiles loop)) {
            return 1;
        }
        if (device.plan.isStatic(loop.axes())) {
            return loop.axes().stream().mapToDouble(device.axes::turns).reduce(1, (a, b) -> a * b);
        }
        return copies(device.plan.pipeline(loop.axes().get(loop.axes().size() - 1)));
    }
}
