package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.List;

/**
 * How many values the longest sum, product or other fold of a kernel takes in: what rounding errors grow with. The same for
 * every configuration, since blocks count as the axes they tile.
 */
public final class ReductionLength {

    private final BlockTable blocks;
    private double longest = 1;

    private ReductionLength(BlockTable blocks) {
        this.blocks = blocks;
    }

    /** Of a kernel; at least 1. Axes that only the device knows count as their hints. */
    public static double of(KernelIr ir) {
        ReductionLength search = new ReductionLength(ir.blocks());
        for (RootLoop root : ir.roots()) {
            search.walk(root.preamble(), root);
            search.walk(root.body(), root);
        }
        return search.longest;
    }

    private void walk(List<Op> ops, RootLoop root) {
        for (Op op : ops) {
            see(op, root);
            op.regions().forEach(region -> walk(region, root));
        }
    }

    private void see(Op op, RootLoop root) {
        if (op instanceof AxisOp.Reduce reduce) {
            take(length(reduce.operand(), reduce.axis()));
        } else if (op instanceof AxisOp.ReduceTuple reduce) {
            take(length(reduce.values().get(0), reduce.axis()));
        } else if (op instanceof AxisOp.Scan scan) {
            take(length(scan.values().get(0), scan.axis()));
        } else if (op instanceof ProductOp.Dot dot) {
            take(length(dot.left(), dot.left().type().rank() - 1));
        } else if (op instanceof ProductOp.DotScaled dot) {
            take(length(dot.left(), dot.left().type().rank() - 1));
        } else if (op instanceof FlowOp.ForTiles loop && !loop.carried().isEmpty()) {
            take(loop.axes().stream().mapToDouble(this::length).reduce(1, (a, b) -> a * b));
        } else if (op instanceof MemoryOp.Atomic) {
            // Several programs may add to one element: at most all along one axis of the grid.
            take(root.axes().stream().mapToDouble(this::length).max().orElse(1));
        }
    }

    private void take(double length) {
        longest = Math.max(longest, length);
    }

    private double length(TileAxis axis) {
        return axis.constantLength().orElse(blocks.get(axis.block()).sizeHint());
    }

    private double length(Value value, int axis) {
        return length(value.type().shape().get(axis));
    }

    private double length(Dim dim) {
        // Tunables are lengths of blocks as a rule; what they may be is not known here.
        return Math.max(
                1,
                dim.length()
                        .evaluate(leaf -> leaf instanceof Size.Block block
                                ? blocks.get(block.id()).sizeHint()
                                : 1L));
    }
}
