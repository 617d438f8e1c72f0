package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Tries to cut one graph along an extent, as the reference does: work on the extent gathers in a loop over chunks, what
 * needs a finished reduction starts the next loop, and what later loops need again is repeated there. Only the accesses
 * in these loops are kept, as numbers.
 */
final class GraphRoller {

    /** What became of a graph: whether some loop was made, and whether that loop is all of its work. */
    record Outcome(boolean cut, boolean isOneLoop) {}

    /** An operation, or one of several results of a loop or branch, or a value from outside (without operation). */
    private static final class Node {
        private final Op op;
        private final boolean isResult;
        private final Set<Node> inputs = new LinkedHashSet<>();
        private final Set<Node> users = new HashSet<>();
        private int axes;

        Node(Op op, boolean isResult) {
            this.op = op;
            this.isResult = isResult;
        }

        boolean counts() {
            return op != null && !isResult;
        }
    }

    private final long extent;
    private final SliceAxes slices;
    private final AccessCounts counts;
    private final Function<List<Op>, Outcome> outcomes;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Integer, Node> definitions = new HashMap<>();

    private final Set<Node> outer = new HashSet<>();
    private final Set<Node> available = new HashSet<>();
    private final Set<Node> seen = new HashSet<>();
    private final Set<Node> innerAvailable = new HashSet<>();
    /** The loop's nodes; false for those that it gets from outside. */
    private Map<Node, Boolean> inner = new LinkedHashMap<>();

    private int innerCount;
    private int outerCount;
    private int loops;

    GraphRoller(long extent, SliceAxes slices, AccessCounts counts, Function<List<Op>, Outcome> outcomes) {
        this.extent = extent;
        this.slices = slices;
        this.counts = counts;
        this.outcomes = outcomes;
    }

    /**
     * The outcome; empty where the graph cannot be cut. Loops made before that was found out are counted all the same.
     *
     * @param handedOn what the graph gives to what holds it
     */
    Optional<Outcome> roll(List<Op> graph, List<Operand> handedOn) {
        graph.forEach(this::addNodes);
        Node end = new Node(null, false);
        handedOn.stream().filter(Value.class::isInstance).forEach(value -> connect(end, definition((Value) value)));
        for (Node node : nodes) {
            Optional<Boolean> inside = belongsInside(node);
            if (inside.isEmpty()) {
                return Optional.empty();
            }
            place(node, inside.get());
            seen.add(node);
        }
        startNewLoop();
        return Optional.of(new Outcome(loops > 0, outerCount == 0 && loops == 1));
    }

    private void addNodes(Op op) {
        boolean isNumber =
                op instanceof CreationOp.TileScalar scalar && scalar.property() == CreationOp.TileProperty.BLOCK_SIZE;
        Node node = new Node(op, isNumber);
        boolean holds = isControl(op);
        Operands.read(op).forEach(value -> connect(node, definition(value)));
        nodes.add(node);
        for (Value value : op.results()) {
            Node result = node;
            if (holds) {
                result = new Node(op, true);
                connect(result, node);
                nodes.add(result);
            }
            result.axes = holds || op instanceof ShapeOp.Split ? axes(value) : result.axes + axes(value);
            definitions.put(value.id(), result);
        }
        if (op instanceof MemoryOp.Store store) {
            node.axes = store.value() instanceof Literal ? axes(store.shape()) : axes(store.value());
        } else if (op instanceof MemoryOp.Atomic atomic) {
            // A constant has the axes of where it goes to.
            node.axes = atomic.value() instanceof Literal
                    ? axes(atomic.result().type().shape())
                    : axes(atomic.value());
        } else if (op instanceof FlowOp.While) {
            node.axes = op.results().stream().mapToInt(this::axes).sum();
        }
    }

    private static boolean isControl(Op op) {
        return op instanceof FlowOp.ForTiles || op instanceof FlowOp.While || op instanceof FlowOp.If;
    }

    private Node definition(Value value) {
        return definitions.computeIfAbsent(value.id(), id -> {
            Node outside = new Node(null, false);
            outside.axes = axes(value);
            outer.add(outside);
            available.add(outside);
            seen.add(outside);
            return outside;
        });
    }

    private static void connect(Node node, Node input) {
        node.inputs.add(input);
        input.users.add(node);
    }

    private int axes(Operand operand) {
        return slices.count(operand, extent);
    }

    private int axes(List<Dim> shape) {
        return (int) shape.stream().filter(new Dim.Static(extent)::equals).count();
    }

    private boolean isReduction(Node node) {
        return node.op instanceof AxisOp.Reduce reduce
                && reduce.operand().type().shape().get(reduce.axis()).equals(new Dim.Static(extent));
    }

    /** Whether a node goes into a loop over chunks; empty where it makes the whole graph impossible to cut. */
    private Optional<Boolean> belongsInside(Node node) {
        boolean sorts = node.op instanceof AxisOp.Argsort && node.axes > 0;
        if (node.op instanceof AxisOp.Scan || node.op instanceof AxisOp.ReduceTuple || sorts) {
            return Optional.empty();
        }
        if (node.counts() && (node.op instanceof FlowOp.ForTiles || node.op instanceof FlowOp.If)) {
            List<Outcome> cut = node.op.regions().stream()
                    .map(outcomes)
                    .filter(Outcome::cut)
                    .toList();
            return cut.stream().allMatch(Outcome::isOneLoop) ? Optional.of(!cut.isEmpty()) : Optional.empty();
        }
        if (isReduction(node)) {
            return Optional.of(true);
        }
        return node.axes > 1 ? Optional.empty() : Optional.of(node.axes > 0);
    }

    private void place(Node node, boolean inside) {
        if (inside) {
            boolean ready =
                    node.inputs.stream().allMatch(input -> available.contains(input) || innerAvailable.contains(input));
            if (!ready) {
                startNewLoop();
            }
            node.inputs.forEach(input -> inner.putIfAbsent(input, false));
            inner.put(node, true);
            innerCount += node.counts() ? 1 : 0;
            if (!isReduction(node)) {
                innerAvailable.add(node);
            }
        } else {
            if (!available.containsAll(node.inputs) || hasEffect(node) && innerCount > 0) {
                startNewLoop();
            }
            outer.add(node);
            outerCount += node.counts() ? 1 : 0;
            available.add(node);
        }
    }

    private void startNewLoop() {
        if (innerCount == 0) {
            return;
        }
        Map<Node, Boolean> done = inner;
        Set<Node> outputs = new LinkedHashSet<>();
        for (Node node : done.keySet()) {
            if (!outer.contains(node) && (isReduction(node) || !done.keySet().containsAll(node.users))) {
                outputs.add(node);
            }
        }
        available.addAll(done.keySet());
        countLive(done, outputs);
        outer.addAll(outputs);
        loops++;
        inner = new LinkedHashMap<>();
        innerCount = 0;
        innerAvailable.clear();
        for (Node node : done.keySet()) {
            if (!seen.containsAll(node.users)) {
                repeat(node, done.keySet());
            }
        }
    }

    /** Puts a node, and what it needs, into the next loop again. */
    private void repeat(Node node, Set<Node> done) {
        if (!done.contains(node) || inner.containsKey(node) || isReduction(node)) {
            return;
        }
        node.inputs.forEach(input -> repeat(input, done));
        node.inputs.forEach(input -> inner.putIfAbsent(input, false));
        inner.put(node, node.op != null);
    }

    /** Counts the accesses of a loop that some output or effect needs. */
    private void countLive(Map<Node, Boolean> loop, Set<Node> outputs) {
        Set<Node> live = new HashSet<>();
        List<Node> waiting = new ArrayList<>(outputs);
        loop.keySet().stream().filter(GraphRoller::hasEffect).forEach(waiting::add);
        while (!waiting.isEmpty()) {
            Node node = waiting.remove(waiting.size() - 1);
            if (loop.getOrDefault(node, false) && live.add(node)) {
                waiting.addAll(node.inputs);
            }
        }
        live.stream().filter(Node::counts).forEach(node -> counts.add(node.op));
    }

    private static boolean hasEffect(Node node) {
        return node.counts() && (node.op.hasEffect() || isControl(node.op));
    }
}
