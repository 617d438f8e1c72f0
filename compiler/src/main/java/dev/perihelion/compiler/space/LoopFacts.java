package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.lower.Rolling;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the search space depends on, read off a kernel once.
 *
 * @param loops the axes of every tile loop, the root first, then in source order
 * @param rollable extents that may be cut into chunks
 * @param shapes the distinct shapes of device values
 * @param dots every matrix product
 * @param loads how many loads have no eviction policy of their own
 */
public record LoopFacts(
        List<List<TileAxis>> loops, List<Long> rollable, Set<List<Dim>> shapes, List<Op.Dot> dots, int loads) {

    /** Reads a kernel. */
    public static LoopFacts of(KernelIr ir) {
        List<List<TileAxis>> loops = new ArrayList<>();
        loops.add(ir.root().axes());
        Set<List<Dim>> shapes = new LinkedHashSet<>();
        List<Op.Dot> dots = new ArrayList<>();
        int loads = walk(ir.root().body(), loops, shapes, dots);
        return new LoopFacts(loops, Rolling.rollableExtents(ir.root().body()), shapes, dots, loads);
    }

    private static int walk(List<Op> body, List<List<TileAxis>> loops, Set<List<Dim>> shapes, List<Op.Dot> dots) {
        int loads = 0;
        for (Op op : body) {
            if (op instanceof Op.ForTiles loop) {
                loops.add(loop.axes());
            } else if (op instanceof Op.Dot dot) {
                dots.add(dot);
            } else if (op instanceof Op.Load load && load.eviction().isEmpty()) {
                loads++;
            }
            Operands.results(op).forEach(value -> shapes.add(value.type().shape()));
            loads += walk(Operands.nested(op), loops, shapes, dots);
        }
        return loads;
    }
}
