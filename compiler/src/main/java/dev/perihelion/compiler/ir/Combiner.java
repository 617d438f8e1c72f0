package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * An associative function that makes one tuple of scalars of two.
 *
 * @param left the first tuple, by names that only {@code body} knows
 * @param right the second tuple
 * @param body computes with them and constants only
 * @param yields the result
 */
public record Combiner(List<Value> left, List<Value> right, List<Op> body, List<Operand> yields) {

    public Combiner {
        left = List.copyOf(left);
        right = List.copyOf(right);
        body = List.copyOf(body);
        yields = List.copyOf(yields);
        if (left.size() != right.size() || left.size() != yields.size()) {
            throw new IllegalArgumentException("A combiner's tuples have one length.");
        }
    }

    /** The names of both tuples, the first one's in front. */
    public List<Value> arguments() {
        List<Value> all = new ArrayList<>(left);
        all.addAll(right);
        return all;
    }
}
