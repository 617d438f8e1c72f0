package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.ShapeOp;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Cuts what a program does last, elementwise work and the store of its result, into pieces along a tile of the root loop:
 * the pieces need fewer registers and shorter buffers than the whole. {@code epilogue_subtile} says how many there are.
 */
final class EpilogueCuts {

    private final RootLoop root;
    private final DeviceCode device;
    private final int pieces;
    private final Map<Integer, Op> definitions = new HashMap<>();
    private final Map<Integer, Integer> users = new HashMap<>();
    /** For each tile that is cut, the blocks of its pieces. */
    private final Map<Integer, List<Integer>> cutTiles = new HashMap<>();

    EpilogueCuts(RootLoop root, DeviceCode device) {
        this.root = root;
        this.device = device;
        this.pieces = device.plan.epiloguePieces();
    }

    /** A store, the elementwise operations that only it needs, first to last, and what they begin with. */
    private record Candidate(MemoryOp.Store store, List<Op> chain, Value begin, TileAxis tile, int axis) {}

    /**
     * The body with its stores in pieces, where they can be. The axes of the pieces are open and their positions printed
     * when this returns.
     *
     * @param isLeft tells stores that stay as they are
     */
    List<Op> cut(List<Op> body, Predicate<Op> isLeft) {
        if (pieces < 2 || device.plan.isFlattened(root.axes())) {
            return body;
        }
        for (Op op : body) {
            op.results().forEach(value -> definitions.put(value.id(), op));
            Operands.read(op).forEach(value -> users.merge(value.id(), 1, Integer::sum));
        }
        Map<Op, Candidate> candidates = new IdentityHashMap<>();
        Set<Op> moved = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Op op : body) {
            if (op instanceof MemoryOp.Store store && !isLeft.test(op)) {
                candidate(store).ifPresent(candidate -> {
                    candidates.put(store, candidate);
                    moved.addAll(candidate.chain());
                });
            }
        }
        List<Op> result = new ArrayList<>();
        for (Op op : body) {
            if (candidates.containsKey(op)) {
                cut(candidates.get(op), result);
            } else if (!moved.contains(op)) {
                result.add(op);
            }
        }
        return result;
    }

    /** Ends the axes of the pieces. */
    void leave() {
        cutTiles.values().forEach(blocks -> blocks.forEach(device.axes::leavePiece));
    }

    private Optional<Candidate> candidate(MemoryOp.Store store) {
        if (store.mask().isPresent()
                || !(store.value() instanceof Value value)
                || !value.type().shape().equals(store.shape())) {
            return Optional.empty();
        }
        for (int axis = store.shape().size() - 1; axis >= 0; axis--) {
            Optional<TileAxis> tile = tile(store, axis);
            if (tile.isPresent()) {
                return candidate(store, value, tile.get(), axis);
            }
        }
        return Optional.empty();
    }

    /** The tile that a store has along an axis, and nowhere else, if it can be cut. */
    private Optional<TileAxis> tile(MemoryOp.Store store, int axis) {
        Dim dim = store.shape().get(axis);
        boolean once = store.shape().stream()
                        .filter(other -> other.length().blocks().stream()
                                .anyMatch(dim.length().blocks()::contains))
                        .count()
                == 1;
        boolean indexed = store.indices().stream()
                        .filter(index -> index.axes().contains(axis))
                        .allMatch(index -> index instanceof Index.OfTile own && dim.equals(new Dim.Block(own.block())))
                && store.indices().stream().anyMatch(index -> index.axes().equals(List.of(axis)));
        return once && indexed
                ? root.axes().stream()
                        .filter(tile -> dim.equals(new Dim.Block(tile.block()))
                                && !tile.isGrid()
                                && device.plan.step(tile) == device.plan.block(tile.block())
                                && device.plan.block(tile.block()) >= pieces)
                        .findFirst()
                : Optional.empty();
    }

    private Optional<Candidate> candidate(MemoryOp.Store store, Value value, TileAxis tile, int axis) {
        List<Op> chain = new ArrayList<>();
        Value current = value;
        while (users.get(current.id()) == 1 && isElementwise(definitions.get(current.id()))) {
            Op op = definitions.get(current.id());
            Optional<Value> next = op.operands().stream()
                    .filter(Value.class::isInstance)
                    .map(Value.class::cast)
                    .filter(operand -> isCuttable(operand, store.shape(), axis))
                    .findFirst();
            boolean fits = op.operands().stream().allMatch(operand -> fits(operand, store.shape(), axis));
            if (next.isEmpty() || !fits) {
                break;
            }
            chain.add(0, op);
            current = next.get();
        }
        return chain.isEmpty()
                ? Optional.empty()
                : Optional.of(new Candidate(store, List.copyOf(chain), current, tile, axis));
    }

    private static boolean isElementwise(Op op) {
        return op instanceof ElementwiseOp.Pointwise || op instanceof ElementwiseOp.Cast;
    }

    /** Whether an operand has the axis, and so is cut too. */
    private static boolean isCuttable(Operand operand, List<Dim> shape, int axis) {
        List<Dim> own = operand.type().shape();
        return operand instanceof Value
                && own.size() == shape.size()
                && own.get(axis).equals(shape.get(axis));
    }

    private static boolean fits(Operand operand, List<Dim> shape, int axis) {
        List<Dim> own = operand.type().shape();
        return own.isEmpty()
                || isCuttable(operand, shape, axis)
                || own.size() == shape.size() && own.get(axis).equals(Dim.ONE);
    }

    private void cut(Candidate candidate, List<Op> result) {
        List<Integer> blocks = cutTiles.computeIfAbsent(candidate.tile().block(), id -> open(candidate.tile()));
        Map<Integer, List<Value>> cut = new HashMap<>();
        for (Op op : candidate.chain()) {
            for (Operand operand : op.operands()) {
                if (isCuttable(operand, candidate.store().shape(), candidate.axis())
                        && candidate.chain().stream()
                                .noneMatch(made -> made.results().contains(operand))) {
                    Value whole = (Value) operand;
                    cut.computeIfAbsent(whole.id(), id -> split(whole, candidate.axis(), blocks, op.span(), result));
                }
            }
        }
        Op first = null;
        for (int piece = 0; piece < pieces; piece++) {
            Map<Integer, Value> own = new HashMap<>();
            int number = piece;
            cut.forEach((id, values) -> own.put(id, values.get(number)));
            Dim dim = new Dim.Block(blocks.get(piece));
            for (Op op : candidate.chain()) {
                Value whole = op.results().get(0);
                Value part = value(whole, with(whole.type().shape(), candidate.axis(), dim));
                List<Operand> operands = op.operands().stream()
                        .map(operand -> part(operand, own))
                        .toList();
                result.add(
                        op instanceof ElementwiseOp.Pointwise pointwise
                                ? new ElementwiseOp.Pointwise(part, pointwise.op(), operands, op.span())
                                : new ElementwiseOp.Cast(part, operands.get(0), op.span()));
                own.put(whole.id(), part);
            }
            MemoryOp.Store store = candidate.store();
            MemoryOp.Store stored = new MemoryOp.Store(
                    store.tensor(),
                    store.indices().stream()
                            .map(index -> index instanceof Index.OfTile tile && tile.axis() == candidate.axis()
                                    ? new Index.OfTile(blocks.get(number), tile.shift(), tile.axis())
                                    : index)
                            .toList(),
                    with(store.shape(), candidate.axis(), dim),
                    part(store.value(), own),
                    Optional.empty(),
                    store.span());
            first = first == null ? stored : first;
            device.sameAccess.put(stored, first);
            result.add(stored);
        }
    }

    private static Operand part(Operand operand, Map<Integer, Value> parts) {
        return operand instanceof Value value && parts.containsKey(value.id()) ? parts.get(value.id()) : operand;
    }

    /** Opens the axes of a tile's pieces. */
    private List<Integer> open(TileAxis tile) {
        List<Integer> blocks = new ArrayList<>();
        long length = device.plan.block(tile.block()) / pieces;
        for (int piece = 0; piece < pieces; piece++) {
            int block = block(length);
            blocks.add(block);
            device.axes.enterPiece(
                    new TileAxis(block, tile.begin(), tile.end(), Optional.empty(), false),
                    tile.block(),
                    piece * length);
        }
        return blocks;
    }

    /** The pieces of a value, halved as often as needed. */
    private List<Value> split(Value whole, int axis, List<Integer> blocks, Span span, List<Op> result) {
        if (blocks.size() == 1) {
            return List.of(whole);
        }
        int middle = blocks.size() / 2;
        boolean last = middle == 1;
        List<Dim> shape = whole.type().shape();
        Dim left = new Dim.Block(last ? blocks.get(0) : block(device.plan.length(shape.get(axis)) / 2));
        Dim right = last ? new Dim.Block(blocks.get(1)) : left;
        List<Dim> halves = new ArrayList<>(with(shape, axis, left));
        halves.add(axis, new Dim.Static(2));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < halves.size(); i++) {
            if (i != axis) {
                order.add(i);
            }
        }
        order.add(axis);
        Value apart = value(whole, halves);
        Value behind = value(whole, order.stream().map(halves::get).toList());
        Value first = value(whole, with(shape, axis, left));
        Value second = value(whole, with(shape, axis, right));
        result.add(new ShapeOp.Reshape(apart, whole, span));
        result.add(new ShapeOp.Permute(behind, apart, order, span));
        result.add(new ShapeOp.Split(first, second, behind, span));
        List<Value> parts = new ArrayList<>(split(first, axis, blocks.subList(0, middle), span, result));
        parts.addAll(split(second, axis, blocks.subList(middle, blocks.size()), span, result));
        return parts;
    }

    private static List<Dim> with(List<Dim> shape, int axis, Dim dim) {
        List<Dim> changed = new ArrayList<>(shape);
        changed.set(axis, dim);
        return changed;
    }

    private Value value(Value like, List<Dim> shape) {
        return new Value(device.freshId(), like.type().withShape(shape), like.hint());
    }

    private int block(long length) {
        int id = device.freshId();
        device.plan.addBlock(id, length);
        return id;
    }
}
