package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operands;
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
        Set<Long> extents = new LinkedHashSet<>();
        for (RootLoop root : ir.roots()) {
            addGraphs(root.body(), List.of());
            Operands.walk(root.body(), op -> collect(op, extents));
        }
        graphs.forEach(graph -> graph.forEach(counts::add));
        PlainAxes plain = PlainAxes.of(ir.topLevelOps());
        Map<Long, Set<Integer>> used = new LinkedHashMap<>();
        for (long extent : extents) {
            if (graphs.stream().noneMatch(graph -> graph.stream().anyMatch(op -> pins(op, extent, plain)))) {
                tryAll(extent).ifPresent(cut -> used.put(extent, cut));
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
            if (op instanceof Op.ForTiles loop) {
                addGraphs(loop.body(), yielded(loop.carried()));
            } else if (op instanceof Op.While loop) {
                addGraphs(loop.test(), List.of(loop.condition()));
                addGraphs(loop.body(), yielded(loop.carried()));
            } else if (op instanceof Op.If branch) {
                addGraphs(
                        branch.then(),
                        branch.merged().stream().map(Op.Merged::thenValue).toList());
                addGraphs(
                        branch.orElse(),
                        branch.merged().stream().map(Op.Merged::elseValue).toList());
            }
        }
        graphIds.put(body, graphs.size());
        graphs.add(body);
        handedOn.add(given);
    }

    private static List<Operand> yielded(List<Op.Carried> carried) {
        return carried.stream().map(Op.Carried::yielded).toList();
    }

    /** Slices of whole or known length, and reduced axes, are what programs can go over in chunks. */
    private static void collect(Op op, Set<Long> extents) {
        List<Index> indices = op instanceof Op.Load load
                ? load.indices()
                : op instanceof Op.Store store
                        ? store.indices()
                        : op instanceof Op.Atomic atomic ? atomic.indices() : List.of();
        for (Index index : indices) {
            if (index instanceof Index.Range range && range.length() instanceof Dim.Static known && known.size() > 1) {
                extents.add(known.size());
            }
        }
        if (op instanceof Op.Reduce reduce
                && reduce.operand().type().shape().get(reduce.axis()) instanceof Dim.Static known
                && known.size() > 1) {
            extents.add(known.size());
        }
    }

    /** Whether an operation needs all of an extent at once. */
    private static boolean pins(Op op, long extent, PlainAxes plain) {
        Dim dim = new Dim.Static(extent);
        if (op instanceof Op.Dot || op instanceof Op.DotScaled) {
            return op.operands().stream()
                    .anyMatch(operand -> operand.type().shape().contains(dim) || plain.has(operand));
        }
        return op instanceof Op.Reduce reduce
                && reduce.operand().type().shape().get(reduce.axis()).equals(dim)
                && plain.isCounted(reduce.operand());
    }

    /** The graphs that are cut along an extent; empty where some graph cannot be. */
    private Optional<Set<Integer>> tryAll(long extent) {
        Map<Integer, GraphRoller.Outcome> outcomes = new HashMap<>();
        Set<Integer> cut = new HashSet<>();
        for (int id = 0; id < graphs.size(); id++) {
            GraphRoller roller = new GraphRoller(extent, counts, region -> outcomes.get(graphIds.get(region)));
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
