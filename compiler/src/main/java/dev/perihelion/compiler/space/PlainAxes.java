package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Operands;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Values with an axis of a known length that is no slice of a host tensor: made by {@code hl.zeros([tile, 64])} or
 * {@code hl.arange(64)}. Programs cannot go over such an axis in chunks.
 */
final class PlainAxes {

    private final Set<Integer> plain = new HashSet<>();
    private final Set<Integer> counted = new HashSet<>();

    private PlainAxes() {}

    static PlainAxes of(List<Op> body) {
        PlainAxes axes = new PlainAxes();
        Operands.walk(body, axes::visit);
        return axes;
    }

    /** Whether a value has such an axis. */
    boolean has(Operand operand) {
        return operand instanceof Value value && plain.contains(value.id());
    }

    /** Whether a value was read at positions of {@code hl.arange}. */
    boolean isCounted(Value value) {
        return counted.contains(value.id());
    }

    private void visit(Op op) {
        if (op instanceof Op.Arange arange) {
            plain.add(arange.result().id());
            counted.add(arange.result().id());
        } else if (op instanceof Op.Full full && hasKnownAxis(full.result())) {
            plain.add(full.result().id());
        } else if (op instanceof Op.ForTiles loop) {
            loop.carried().forEach(this::carry);
        } else if (op instanceof Op.While loop) {
            loop.carried().forEach(this::carry);
        } else {
            boolean moves = op instanceof Op.Cast || op instanceof Op.ExpandDims || op instanceof Op.Permute;
            if (moves && op.operands().stream().anyMatch(this::has)) {
                op.results().forEach(value -> plain.add(value.id()));
            }
            boolean reads = op.operands().stream()
                    .anyMatch(operand -> operand instanceof Value value && counted.contains(value.id()));
            if (reads) {
                op.results().forEach(value -> counted.add(value.id()));
            }
        }
    }

    private void carry(Op.Carried carried) {
        if (has(carried.initial())) {
            plain.add(carried.argument().id());
            plain.add(carried.result().id());
        }
    }

    private static boolean hasKnownAxis(Value value) {
        return value.type().shape().stream().anyMatch(dim -> dim instanceof Dim.Static known && known.size() > 1);
    }
}
