package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where an operand of a product comes from.
 *
 * @param loads of the same region that it is made of, not those behind other loads
 * @param source the load that it is, but for the order of its axes; null where it was computed
 * @param isLocal whether it is made in the same region
 */
record OperandTrace(Set<MemoryOp.Load> loads, MemoryOp.Load source, boolean isLocal) {

    /**
     * Follows an operand back.
     *
     * @param definitions the operation that makes each value
     * @param region the operations among which loads count
     */
    static OperandTrace of(Value operand, Map<Integer, Op> definitions, Set<Op> region) {
        Op op = definitions.get(operand.id());
        while (op instanceof ShapeOp.Permute permute) {
            op = definitions.get(permute.operand().id());
        }
        MemoryOp.Load source = op instanceof MemoryOp.Load load ? load : null;
        Set<MemoryOp.Load> loads = new LinkedHashSet<>();
        collect(operand, definitions, region, loads, new HashSet<>());
        return new OperandTrace(loads, source, op != null && region.contains(op));
    }

    private static void collect(
            Operand operand,
            Map<Integer, Op> definitions,
            Set<Op> region,
            Set<MemoryOp.Load> loads,
            Set<Integer> seen) {
        if (!(operand instanceof Value value) || !seen.add(value.id())) {
            return;
        }
        Op op = definitions.get(value.id());
        if (op == null || !region.contains(op)) {
            return;
        }
        if (op instanceof MemoryOp.Load load) {
            loads.add(load);
            return;
        }
        List<Operand> operands = op.operands();
        operands.forEach(next -> collect(next, definitions, region, loads, seen));
    }
}
