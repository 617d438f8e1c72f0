package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds lengths that are parts of blocks, as {@code block // 2}: of a short block they are 0, which no program can have. */
public final class PartLengths {

    private final Set<Size> lengths = new LinkedHashSet<>();

    private PartLengths() {}

    /** The lengths of axes and the steps of loops that are quotients of what a configuration decides. */
    public static List<Size> of(KernelIr ir) {
        PartLengths found = new PartLengths();
        for (RootLoop root : ir.roots()) {
            root.axes().forEach(found::step);
            Operands.walk(root.body(), found::op);
        }
        return List.copyOf(found.lengths);
    }

    private void op(Op op) {
        if (op instanceof FlowOp.ForTiles loop) {
            loop.axes().forEach(this::step);
        }
        op.results().forEach(value -> value.type().shape().forEach(this::axis));
    }

    private void step(TileAxis axis) {
        axis.fixedStep().ifPresent(this::add);
    }

    private void axis(Dim dim) {
        if (dim instanceof Dim.Merged merged) {
            merged.parts().forEach(this::axis);
        } else {
            add(dim.length());
        }
    }

    private void add(Size size) {
        if (divides(size) && size.launched().isEmpty()) {
            lengths.add(size);
        }
    }

    private static boolean divides(Size size) {
        return size instanceof Size.Computed computed
                && (computed.operation() == Size.Operation.FLOOR_DIVIDE
                        || computed.operation() == Size.Operation.SHIFT_RIGHT
                        || computed.operands().stream().anyMatch(PartLengths::divides));
    }

    /** The shortest block of which a length is not 0; none where that depends on more than one block, or on a tunable. */
    static Optional<Long> leastBlock(Size length, long most) {
        if (length.blocks().size() != 1 || hasTunable(length)) {
            return Optional.empty();
        }
        for (long block = 1; block <= most; block *= 2) {
            long given = block;
            if (length.evaluate(leaf -> given) > 0) {
                return Optional.of(block);
            }
        }
        return Optional.empty();
    }

    private static boolean hasTunable(Size size) {
        return size instanceof Size.Tunable
                || size instanceof Size.Computed computed
                        && computed.operands().stream().anyMatch(PartLengths::hasTunable);
    }
}
