package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.ShapeOp;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts a static extent into chunks. Work on the extent goes into loops over chunks; a value that needs a finished
 * reduction starts the next loop, and what several loops need is computed in each of them.
 */
public final class Rolling {

    private final Dim.Static dim;

    private Rolling(long extent) {
        this.dim = new Dim.Static(extent);
    }

    /** The extents greater than one that some value has and that every region can be cut along, in program order. */
    public static List<Long> rollableExtents(List<Op> body) {
        return extents(body).stream()
                .filter(extent -> new Rolling(extent).isRollable(body))
                .toList();
    }

    /** The extents greater than one that some value has, in program order. */
    public static List<Long> extents(List<Op> body) {
        Set<Long> extents = new LinkedHashSet<>();
        collectExtents(body, extents);
        return List.copyOf(extents);
    }

    /** The region with the work on {@code extent} in loops over chunks. */
    public static List<Op> roll(List<Op> body, long extent) {
        return new Rolling(extent).region(body);
    }

    private static void collectExtents(List<Op> body, Set<Long> extents) {
        for (Op op : body) {
            for (Value value : op.results()) {
                value.type().shape().forEach(dim -> {
                    if (dim instanceof Dim.Static known && known.size() > 1) {
                        extents.add(known.size());
                    }
                });
            }
            collectExtents(Operands.nested(op), extents);
        }
    }

    private boolean isRollable(List<Op> region) {
        for (Op op : region) {
            List<Op> nested = Operands.nested(op);
            if (!nested.isEmpty()) {
                boolean crosses = Operands.read(op).stream().anyMatch(this::has)
                        || op.results().stream().anyMatch(this::has);
                if (crosses || !isRollable(nested)) {
                    return false;
                }
                continue;
            }
            if (!touches(op)) {
                continue;
            }
            boolean movable = op instanceof MemoryOp.Load
                    || op instanceof MemoryOp.Store
                    || op instanceof ElementwiseOp.Pointwise
                    || op instanceof ElementwiseOp.Cast
                    || op instanceof CreationOp.Full
                    || op instanceof AxisOp.Reduce
                    || op instanceof ShapeOp.ExpandDims
                    || op instanceof ShapeOp.Permute
                    || op instanceof ShapeOp.Broadcast;
            boolean twice = op.results().stream()
                    .anyMatch(value ->
                            value.type().shape().stream().filter(dim::equals).count() > 1);
            if (!movable || twice) {
                return false;
            }
        }
        return region.stream().noneMatch(this::touches) || isOrderFree(region);
    }

    /** Whether memory stays the same when loops over chunks read again, and when writes move around these loops. */
    private static boolean isOrderFree(List<Op> region) {
        Set<String> loaded = new HashSet<>();
        List<Op> writers = new ArrayList<>();
        Operands.walk(region, op -> {
            if (op instanceof MemoryOp.Load load) {
                loaded.add(load.tensor().storage());
            }
            if (!op.writes().isEmpty()) {
                writers.add(op);
            }
        });
        for (int i = 0; i < writers.size(); i++) {
            Op writer = writers.get(i);
            boolean meets = writers.subList(0, i).stream().anyMatch(earlier -> mayMeet(earlier, writer));
            if (meets || writer.writes().stream().anyMatch(loaded::contains)) {
                return false;
            }
        }
        return true;
    }

    /** Whether two operations may write one place: always, but for stores at different constant positions of a tensor. */
    private static boolean mayMeet(Op a, Op b) {
        return !Collections.disjoint(a.writes(), b.writes()) && !Overlap.areApart(a, b);
    }

    private boolean has(Value value) {
        return value.type().shape().contains(dim);
    }

    private boolean touches(Op op) {
        return op.results().stream().anyMatch(this::has)
                || Operands.read(op).stream().anyMatch(this::has)
                || op instanceof MemoryOp.Store store && store.shape().contains(dim);
    }

    private List<Op> region(List<Op> body) {
        // For values without the extent: the number of loops behind which they are known. For the others: the loop
        // that computes them first.
        Map<Value, Integer> phases = new HashMap<>();
        Map<Op, Integer> placed = new java.util.IdentityHashMap<>();
        int last = 0;
        for (Op op : body) {
            int phase = 0;
            for (Value value : Operands.read(op)) {
                phase = Math.max(phase, phases.getOrDefault(value, 0));
            }
            placed.put(op, phase);
            boolean finishes = op instanceof AxisOp.Reduce reduce && has(reduce.operand()) && !has(reduce.result());
            for (Value value : op.results()) {
                phases.put(value, finishes ? phase + 1 : phase);
            }
            last = Math.max(last, finishes ? phase + 1 : phase);
        }
        List<Op> result = new ArrayList<>();
        for (int phase = 0; phase <= last; phase++) {
            for (Op op : body) {
                if (!touches(op) && placed.get(op) == phase) {
                    result.add(inside(op));
                }
            }
            chunkLoop(body, placed, phase, result);
        }
        return result;
    }

    private Op inside(Op op) {
        if (op instanceof FlowOp.ForTiles loop) {
            return new FlowOp.ForTiles(loop.axes(), loop.carried(), region(loop.body()), loop.span());
        }
        if (op instanceof FlowOp.While loop) {
            return new FlowOp.While(loop.carried(), loop.test(), loop.condition(), region(loop.body()), loop.span());
        }
        if (op instanceof FlowOp.If branch) {
            return new FlowOp.If(
                    branch.condition(), region(branch.then()), region(branch.orElse()), branch.merged(), branch.span());
        }
        return op;
    }

    private void chunkLoop(List<Op> body, Map<Op, Integer> placed, int phase, List<Op> result) {
        List<AxisOp.Reduce> partials = new ArrayList<>();
        Set<Value> needed = new HashSet<>();
        List<Op> work = new ArrayList<>();
        for (int i = body.size() - 1; i >= 0; i--) {
            Op op = body.get(i);
            if (!touches(op)) {
                continue;
            }
            boolean partial = op instanceof AxisOp.Reduce reduce && !has(reduce.result());
            boolean root = placed.get(op) == phase && (partial || op instanceof MemoryOp.Store);
            boolean helper = !partial && op.results().stream().anyMatch(needed::contains);
            if (root && partial) {
                partials.add(0, (AxisOp.Reduce) op);
            }
            if (root || helper) {
                work.add(0, op);
                Operands.read(op).stream().filter(this::has).forEach(needed::add);
            }
        }
        if (!work.isEmpty()) {
            Span span = work.get(0).span();
            result.add(new FlowOp.ForChunks(dim.size(), work, partials, span));
        }
    }
}
