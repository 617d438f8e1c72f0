package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.RootLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which extents have an entry in {@code reduction_loops}, and how long the lists for memory accesses are. Both follow the
 * reference implementation, so that configurations fit both: it tries to cut every graph of the program (a body or branch
 * before what holds it) along every extent, and counts the accesses of the loops that these tries make.
 */
final class RollAnalysis {

    /**
     * What the tries gave.
     *
     * @param rollable extents with an entry, in order
     * @param accesses loads and stores, those of the loops made by the tries included
     * @param loads those of the loads that have no eviction policy of their own
     * @param atomics atomic operations, counted in the same way
     */
    record Result(List<Long> rollable, int accesses, int loads, int atomics) {}

    private final List<List<Op>> graphs = new ArrayList<>();
    private final List<List<Operand>> handedOn = new ArrayList<>();
    private final Map<List<Op>, Integer> graphIds = new IdentityHashMap<>();
    private final AccessCounts counts = new AccessCounts();

    private RollAnalysis() {}

    static Result of(KernelIr ir) {
        return new RollAnalysis().run(ir);
    }

    private Result run(KernelIr ir) {
        Set<Long> slices = new LinkedHashSet<>();
        Set<Long> reduced = new LinkedHashSet<>();
        for (RootLoop root : ir.roots()) {
            addGraphs(root.body(), List.of());
            Operands.walk(root.body(), op -> {
                collectSlices(op, slices);
                collectReduced(op, reduced);
            });
        }
        Set<Long> extents = new LinkedHashSet<>(slices);
        extents.addAll(reduced);
        graphs.forEach(graph -> graph.forEach(counts::add));
        SliceAxes axes = SliceAxes.of(ir.topLevelOps(), slices);
        Map<Long, Set<Integer>> used = new LinkedHashMap<>();
        for (long extent : extents) {
            if (graphs.stream().noneMatch(graph -> isPinned(graph, extent, axes))) {
                tryAll(extent, axes).ifPresent(cut -> used.put(extent, cut));
            }
        }
        List<Long> rollable = new ArrayList<>();
        Set<Integer> taken = new HashSet<>();
        used.forEach((extent, cut) -> {
            if (!cut.isEmpty() && cut.stream().noneMatch(taken::contains)) {
                rollable.add(extent);
                taken.addAll(cut);
            }
        });
        return new Result(rollable, counts.accesses(), counts.loads(), counts.atomics());
    }

    private void addGraphs(List<Op> body, List<Operand> given) {
        for (Op op : body) {
            if (op instanceof FlowOp.ForTiles loop) {
                addGraphs(loop.body(), yielded(loop.carried()));
            } else if (op instanceof FlowOp.While loop) {
                addGraphs(loop.test(), List.of(loop.condition()));
                addGraphs(loop.body(), yielded(loop.carried()));
            } else if (op instanceof FlowOp.If branch) {
                addGraphs(
                        branch.then(),
                        branch.merged().stream().map(FlowOp.Merged::thenValue).toList());
                addGraphs(
                        branch.orElse(),
                        branch.merged().stream().map(FlowOp.Merged::elseValue).toList());
            }
        }
        graphIds.put(body, graphs.size());
        graphs.add(body);
        handedOn.add(given);
    }

    private static List<Operand> yielded(List<FlowOp.Carried> carried) {
        return carried.stream().map(FlowOp.Carried::yielded).toList();
    }

    /** Slices of whole or known length are what programs can go over in chunks. */
    private static void collectSlices(Op op, Set<Long> slices) {
        List<Index> indices = op instanceof MemoryOp.Load load
                ? load.indices()
                : op instanceof MemoryOp.Store store
                        ? store.indices()
                        : op instanceof MemoryOp.Atomic atomic ? atomic.indices() : List.of();
        for (Index index : indices) {
            if (index instanceof Index.Range range && range.length() instanceof Dim.Static known && known.size() > 1) {
                slices.add(known.size());
            }
        }
    }

    /** So are axes of a known length that something is reduced over. */
    private static void collectReduced(Op op, Set<Long> reduced) {
        if (op instanceof AxisOp.Reduce reduce
                && reduce.operand().type().shape().get(reduce.axis()) instanceof Dim.Static known
                && known.size() > 1) {
            reduced.add(known.size());
        }
    }

    /**
     * Whether a graph needs all of an extent at once: for a product, or for a reduction of what was read at positions of
     * {@code hl.arange}.
     */
    private static boolean isPinned(List<Op> graph, long extent, SliceAxes axes) {
        Map<Integer, Op> definitions = new HashMap<>();
        graph.forEach(op -> op.results().forEach(value -> definitions.put(value.id(), op)));
        for (Op op : graph) {
            if (op instanceof ProductOp.Dot || op instanceof ProductOp.DotScaled) {
                if (op.operands().stream().anyMatch(value -> axes.count(value, extent) > 0 || axes.hasPlain(value))) {
                    return true;
                }
            } else if (op instanceof AxisOp.Reduce reduce
                    && reduce.operand().type().shape().get(reduce.axis()).equals(new Dim.Static(extent))
                    && readsCounted(reduce.operand(), definitions, extent, axes)) {
                return true;
            }
        }
        return false;
    }

    private static boolean readsCounted(Value value, Map<Integer, Op> definitions, long extent, SliceAxes axes) {
        Set<Integer> seen = new HashSet<>();
        List<Value> waiting = new ArrayList<>(List.of(value));
        while (!waiting.isEmpty()) {
            Value next = waiting.remove(waiting.size() - 1);
            Op op = seen.add(next.id()) ? definitions.get(next.id()) : null;
            if (op instanceof MemoryOp.Load load && axes.isCounted(load, extent)) {
                return true;
            }
            if (op != null) {
                waiting.addAll(Operands.read(op));
            }
        }
        return false;
    }

    /** The graphs that are cut along an extent; empty where some graph cannot be. */
    private Optional<Set<Integer>> tryAll(long extent, SliceAxes axes) {
        Map<Integer, GraphRoller.Outcome> outcomes = new HashMap<>();
        Set<Integer> cut = new HashSet<>();
        for (int id = 0; id < graphs.size(); id++) {
            GraphRoller roller = new GraphRoller(extent, axes, counts, region -> outcomes.get(graphIds.get(region)));
            Optional<GraphRoller.Outcome> outcome = roller.roll(graphs.get(id), handedOn.get(id));
            if (outcome.isEmpty()) {
                return Optional.empty();
            }
            outcomes.put(id, outcome.get());
            if (outcome.get().cut()) {
                cut.add(id);
            }
        }
        return Optional.of(cut);
    }
}
