package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes operations, and values carried by loops, that no effect depends on. */
public final class DeadCode {

    /** What a live value keeps alive: the operation that gives it, and what that needs for this value. */
    private record Definition(Op op, List<Operand> needs) {}

    private final Map<Integer, Definition> definitions = new HashMap<>();
    private final Map<Op, Op> parents = new IdentityHashMap<>();
    private final Map<Op, Boolean> live = new IdentityHashMap<>();
    private final Set<Integer> liveValues = new HashSet<>();
    private final Deque<Operand> waiting = new ArrayDeque<>();

    private DeadCode() {}

    /** The operations that matter, in their order. */
    public static List<Op> removed(List<Op> body) {
        DeadCode analysis = new DeadCode();
        analysis.index(body, null);
        Operands.walk(body, op -> {
            if (op.hasEffect()) {
                analysis.mark(op);
            }
        });
        analysis.spread();
        return analysis.kept(body);
    }

    private void index(List<Op> body, Op parent) {
        for (Op op : body) {
            if (parent != null) {
                parents.put(op, parent);
            }
            carried(op).forEach(value -> {
                Definition definition = new Definition(op, List.of(value.initial(), value.yielded()));
                definitions.put(value.result().id(), definition);
                definitions.put(value.argument().id(), definition);
            });
            if (op instanceof FlowOp.If branch) {
                branch.merged()
                        .forEach(value -> definitions.put(
                                value.result().id(),
                                new Definition(op, List.of(value.thenValue(), value.elseValue()))));
            }
            op.results().forEach(value -> definitions.putIfAbsent(value.id(), new Definition(op, List.of())));
            op.regions().forEach(region -> index(region, op));
        }
    }

    private static List<FlowOp.Carried> carried(Op op) {
        if (op instanceof FlowOp.ForTiles loop) {
            return loop.carried();
        }
        return op instanceof FlowOp.While loop ? loop.carried() : List.of();
    }

    /** An operation lives: so do the loops and branches around it, and what it needs besides what regions hand on. */
    private void mark(Op op) {
        if (live.put(op, true) != null) {
            return;
        }
        if (parents.containsKey(op)) {
            mark(parents.get(op));
        }
        if (op instanceof FlowOp.ForTiles loop) {
            loop.axes().forEach(axis -> {
                waiting.add(axis.begin());
                waiting.add(axis.end());
                axis.lengths().ifPresent(waiting::add);
            });
        } else if (op instanceof FlowOp.While loop) {
            waiting.add(loop.condition());
        } else if (op instanceof FlowOp.If branch) {
            waiting.add(branch.condition());
        } else {
            waiting.addAll(op.operands());
        }
    }

    private void spread() {
        while (!waiting.isEmpty()) {
            if (waiting.remove() instanceof Value value && liveValues.add(value.id())) {
                Definition definition = definitions.get(value.id());
                if (definition != null) {
                    mark(definition.op());
                    waiting.addAll(definition.needs());
                }
            }
        }
    }

    private List<Op> kept(List<Op> body) {
        List<Op> kept = new ArrayList<>();
        for (Op op : body) {
            if (!live.containsKey(op)) {
                continue;
            }
            if (op instanceof FlowOp.ForTiles loop) {
                kept.add(new FlowOp.ForTiles(loop.axes(), kept(loop.carried()), kept(loop.body()), loop.span()));
            } else if (op instanceof FlowOp.While loop) {
                kept.add(new FlowOp.While(
                        kept(loop.carried()), kept(loop.test()), loop.condition(), kept(loop.body()), loop.span()));
            } else if (op instanceof FlowOp.If branch) {
                List<FlowOp.Merged> merged = branch.merged().stream()
                        .filter(value -> liveValues.contains(value.result().id()))
                        .toList();
                kept.add(new FlowOp.If(
                        branch.condition(), kept(branch.then()), kept(branch.orElse()), merged, branch.span()));
            } else {
                kept.add(op);
            }
        }
        return kept;
    }

    private List<FlowOp.Carried> kept(Collection<FlowOp.Carried> carried) {
        return carried.stream()
                .filter(value -> liveValues.contains(value.result().id())
                        || liveValues.contains(value.argument().id()))
                .toList();
    }
}
