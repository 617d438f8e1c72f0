package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import java.util.List;

/** Tells accesses of one memory apart. */
final class Overlap {

    private Overlap() {}

    /** Whether two loads or stores of one tensor are known to touch different places: other constants along some axis. */
    static boolean areApart(Op a, Op b) {
        if (tensor(a) == null || !tensor(a).equals(tensor(b))) {
            return false;
        }
        List<Index> left = indices(a);
        List<Index> right = indices(b);
        for (int axis = 0; axis < left.size(); axis++) {
            boolean apart = left.get(axis) instanceof Index.At x
                    && right.get(axis) instanceof Index.At y
                    && x.position() instanceof Operand.Literal
                    && y.position() instanceof Operand.Literal
                    && !x.position().equals(y.position());
            if (apart) {
                return true;
            }
        }
        return false;
    }

    private static HostTensor tensor(Op op) {
        return op instanceof MemoryOp.Load load
                ? load.tensor()
                : op instanceof MemoryOp.Store store ? store.tensor() : null;
    }

    private static List<Index> indices(Op op) {
        return op instanceof MemoryOp.Load load ? load.indices() : ((MemoryOp.Store) op).indices();
    }
}
