package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.lower.Rolling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the search space depends on, read off a kernel once.
 *
 * @param loops every tile loop, in source order
 * @param slots which elements of the list-valued keys belong to which loop
 * @param rolls the extents with an entry in {@code reduction_loops}, and how many accesses there are
 * @param cuttable those of the entries that lowering cuts; the work on others stays whole whatever the entry says
 * @param shapes the distinct shapes of device values
 * @param dots every matrix product
 * @param readsWhatItWrites whether some tensor is both read and written: Triton's pipelining of such loops is not safe
 */
public record LoopFacts(
        List<Loop> loops,
        LoopSlots slots,
        RollAnalysis.Result rolls,
        Set<Long> cuttable,
        Set<List<Dim>> shapes,
        List<ProductOp.Dot> dots,
        boolean readsWhatItWrites) {

    /** A tile loop. {@code isRoot} is true at the top level. */
    public record Loop(List<TileAxis> axes, boolean isRoot) {}

    /** The extents with an entry in {@code reduction_loops}, in the order of the entries. */
    public List<Long> rollable() {
        return rolls.rollable();
    }

    /** Reads a kernel. */
    public static LoopFacts of(KernelIr ir) {
        List<Loop> loops = new ArrayList<>();
        Set<List<Dim>> shapes = new LinkedHashSet<>();
        List<ProductOp.Dot> dots = new ArrayList<>();
        Set<Long> cuttable = new LinkedHashSet<>();
        Set<Long> fixed = new HashSet<>();
        for (RootLoop root : ir.roots()) {
            loops.add(new Loop(root.axes(), true));
            walk(root.preamble(), loops, shapes, dots);
            walk(root.body(), loops, shapes, dots);
            List<Long> possible = Rolling.rollableExtents(root.body());
            cuttable.addAll(possible);
            Rolling.extents(root.body()).stream()
                    .filter(extent -> !possible.contains(extent))
                    .forEach(fixed::add);
        }
        // One extent has one length in registers, so it is cut in all root loops or in none.
        cuttable.removeAll(fixed);
        RollAnalysis.Result rolls = RollAnalysis.of(ir);
        cuttable.retainAll(rolls.rollable());
        return new LoopFacts(
                loops, LoopSlots.of(ir, loops, shapes), rolls, cuttable, shapes, dots, readsWhatItWrites(ir));
    }

    private static void walk(List<Op> body, List<Loop> loops, Set<List<Dim>> shapes, List<ProductOp.Dot> dots) {
        Operands.walk(body, op -> {
            if (op instanceof FlowOp.ForTiles loop) {
                loops.add(new Loop(loop.axes(), false));
            } else if (op instanceof ProductOp.Dot dot) {
                dots.add(dot);
            } else if (op instanceof MemoryOp.Store store) {
                shapes.add(store.shape());
            } else if (op instanceof MemoryOp.Atomic atomic) {
                shapes.add(atomic.value().type().shape());
            }
            op.results().forEach(value -> shapes.add(value.type().shape()));
        });
    }

    private static boolean readsWhatItWrites(KernelIr ir) {
        Set<String> loaded = new HashSet<>();
        Set<String> stored = new HashSet<>();
        Operands.walk(ir.topLevelOps(), op -> {
            if (op instanceof MemoryOp.Load load) {
                loaded.add(load.tensor().name());
            } else if (op instanceof MemoryOp.Store store) {
                stored.add(store.tensor().name());
            } else if (op instanceof MemoryOp.Atomic atomic) {
                stored.add(atomic.tensor().name());
            }
        });
        return loaded.stream().anyMatch(stored::contains);
    }
}
