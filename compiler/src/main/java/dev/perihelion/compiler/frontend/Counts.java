package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.Optional;
import java.util.Set;

/**
 * Tells integers that cannot be negative, such as positions in tiles and what is computed from them. Their divisions are
 * plain ones, of which Triton also sees how addresses run on.
 */
final class Counts {

    private static final Set<String> KEEPING = Set.of(
            "add", "mul", "floor_divide", "remainder", "quotient_of_counts", "rest_of_counts", "shift_right_in_range");

    private final Context context;

    Counts(Context context) {
        this.context = context;
    }

    /** Whether an integer is never below 0. */
    boolean isCount(Operand operand) {
        if (operand.type().dtype().isFloating()) {
            return false;
        }
        if (operand instanceof Literal literal) {
            return literal.asDouble() >= 0;
        }
        if (!(operand instanceof Value value)) {
            return false;
        }
        Optional<Op> definition = context.builder.definition(value);
        return value.type().dtype().isUnsigned()
                || definition.filter(this::givesCount).isPresent();
    }

    private boolean givesCount(Op op) {
        if (op instanceof ElementwiseOp.Pointwise pointwise) {
            return KEEPING.contains(pointwise.op().name())
                    && pointwise.operands().stream().allMatch(this::isCount);
        }
        if (op instanceof ElementwiseOp.Cast || op instanceof ShapeOp.ExpandDims || op instanceof ShapeOp.Broadcast) {
            return op.operands().stream().allMatch(this::isCount);
        }
        if (op instanceof CreationOp.TileIndex index) {
            return context.countsFromZero(index.block());
        }
        return op instanceof CreationOp.TileScalar scalar && context.countsFromZero(scalar.block())
                || op instanceof CreationOp.Arange arange && arange.start() >= 0 && arange.step() >= 0;
    }
}
