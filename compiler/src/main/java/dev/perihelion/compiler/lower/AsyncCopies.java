package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operand;

/** Which loads by pointers can be copied to shared memory in the background: a thread's run must have four bytes. */
final class AsyncCopies {

    private static final long LEAST_BYTES = 4;
    private static final long MOST_BYTES = 16;

    private final DeviceCode device;

    AsyncCopies(DeviceCode device) {
        this.device = device;
    }

    boolean canCopy(MemoryOp.Load load, double elements, long threads) {
        int bytes = load.tensor().dtype().bytes();
        long run = (long) Math.min(MOST_BYTES / Math.max(1, bytes), Math.max(1, elements / threads));
        return Math.min(run, aligned(load)) * bytes >= LEAST_BYTES;
    }

    /** Elements that surely follow each other, and that a mask takes or leaves together. */
    private long aligned(MemoryOp.Load load) {
        HostTensor tensor = load.tensor();
        long run = 1;
        for (int axis = 0; axis < tensor.rank(); axis++) {
            if (stride(tensor, axis) == 1) {
                run = Math.max(run, run(load, axis));
            }
        }
        for (int axis = 0; axis < tensor.rank(); axis++) {
            long stride = stride(tensor, axis);
            if (stride != 1 && extent(tensor, axis) > 1) {
                run = Math.min(run, Long.lowestOneBit(Math.max(1, stride)));
            }
        }
        return load.mask().isPresent() ? 1 : run;
    }

    private long run(MemoryOp.Load load, int axis) {
        Index index = load.indices().get(axis);
        long whole = Long.lowestOneBit(Math.max(1, extent(load.tensor(), axis)));
        if (index instanceof Index.OfTile tile) {
            return Math.min(whole, multiple(tile.shift()));
        }
        if (index instanceof Index.Range range && range.step() == 1) {
            return Math.min(whole, multiple(range.begin()));
        }
        return 1;
    }

    /** The largest power of two that surely divides a number, 0 having all. */
    private static long multiple(Operand operand) {
        if (operand instanceof Operand.Literal literal && literal.number() instanceof Long number) {
            return number == 0 ? Long.MAX_VALUE : Long.lowestOneBit(Math.abs(number));
        }
        return 1;
    }

    private long stride(HostTensor tensor, int axis) {
        return device.plan.evaluate(tensor.strides().get(axis));
    }

    private long extent(HostTensor tensor, int axis) {
        return device.plan.evaluate(tensor.shape().get(axis));
    }
}
