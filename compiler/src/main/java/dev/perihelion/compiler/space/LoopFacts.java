package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.lower.Rolling;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the search space depends on, read off a kernel once.
 *
 * @param loops every tile loop, in source order
 * @param rollable extents that may be cut into chunks
 * @param shapes the distinct shapes of device values
 * @param dots every matrix product
 * @param loads how many loads have no eviction policy of their own
 */
public record LoopFacts(List<Loop> loops, List<Long> rollable, Set<List<Dim>> shapes, List<Op.Dot> dots, int loads) {

    /** A tile loop. {@code isRoot} is true at the top level. */
    public record Loop(List<TileAxis> axes, boolean isRoot) {}

    /** Reads a kernel. */
    public static LoopFacts of(KernelIr ir) {
        List<Loop> loops = new ArrayList<>();
        Set<List<Dim>> shapes = new LinkedHashSet<>();
        List<Op.Dot> dots = new ArrayList<>();
        int loads = 0;
        Set<Long> rollable = new LinkedHashSet<>();
        Set<Long> fixed = new LinkedHashSet<>();
        for (RootLoop root : ir.roots()) {
            loops.add(new Loop(root.axes(), true));
            loads += walk(root.preamble(), loops, shapes, dots);
            loads += walk(root.body(), loops, shapes, dots);
            List<Long> extents = Rolling.extents(root.body());
            List<Long> possible = Rolling.rollableExtents(root.body());
            rollable.addAll(possible);
            extents.stream().filter(extent -> !possible.contains(extent)).forEach(fixed::add);
        }
        // One extent has one length in registers, so it is cut in all root loops or in none.
        rollable.removeAll(fixed);
        return new LoopFacts(loops, List.copyOf(rollable), shapes, dots, loads);
    }

    private static int walk(List<Op> body, List<Loop> loops, Set<List<Dim>> shapes, List<Op.Dot> dots) {
        int loads = 0;
        for (Op op : body) {
            if (op instanceof Op.ForTiles loop) {
                loops.add(new Loop(loop.axes(), false));
            } else if (op instanceof Op.Dot dot) {
                dots.add(dot);
            } else if (op instanceof Op.Load load && load.eviction().isEmpty()) {
                loads++;
            }
            op.results().forEach(value -> shapes.add(value.type().shape()));
            loads += walk(Operands.nested(op), loops, shapes, dots);
        }
        return loads;
    }
}
