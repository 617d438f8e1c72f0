package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An operation of the tile IR. Free of any configuration. */
public sealed interface Op {

    /** The source it came from. */
    Span span();

    /** Calls the visitor's method for this operation. */
    <R> R accept(OpVisitor<R> visitor);

    /** What the operation itself reads; what its regions read is theirs. */
    List<Operand> operands();

    /** The values it gives to what follows it. */
    List<Value> results();

    /** Whether it does something besides giving values. */
    default boolean hasEffect() {
        return false;
    }

    /** The memory it writes itself, by {@link HostTensor#storage}; what its regions write is theirs. */
    default Set<String> writes() {
        return Set.of();
    }

    /** The operations inside it, region by region. */
    default List<List<Op>> regions() {
        return List.of();
    }

    /** The values that its regions get from outside under names of their own. */
    default List<Value> regionArguments() {
        return List.of();
    }

    /**
     * Reads a block of a host tensor; lanes outside the tensor's tiles read 0.
     *
     * @param indices one for each axis of the tensor
     * @param mask further lanes to leave out, broadcast to the result
     * @param eviction the user's explicit policy, {@code evict_first} or {@code evict_last}
     */
    record Load(
            Value result,
            HostTensor tensor,
            List<Index> indices,
            Optional<Operand> mask,
            Optional<String> eviction,
            Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitLoad(this);
        }

        @Override
        public List<Operand> operands() {
            return access(indices, mask);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Writes a block of a host tensor; lanes outside are left alone. {@code value} has the tensor's dtype. */
    record Store(
            HostTensor tensor, List<Index> indices, List<Dim> shape, Operand value, Optional<Operand> mask, Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitStore(this);
        }

        @Override
        public Set<String> writes() {
            return Set.of(tensor.storage());
        }

        @Override
        public boolean hasEffect() {
            return true;
        }

        @Override
        public List<Operand> operands() {
            return concat(access(indices, mask), List.of(value));
        }

        @Override
        public List<Value> results() {
            return List.of();
        }
    }

    /**
     * Changes elements of a host tensor, each in one step, and gives what they held; lanes outside are left alone.
     *
     * @param value of the tensor's dtype and the accessed block's shape
     * @param expected only for {@link AtomicOp#CAS}: what an element must hold to be changed
     * @param semantics Triton's name of the memory order, as {@code relaxed}
     */
    record Atomic(
            Value result,
            AtomicOp op,
            HostTensor tensor,
            List<Index> indices,
            Operand value,
            Optional<Operand> expected,
            String semantics,
            Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitAtomic(this);
        }

        @Override
        public Set<String> writes() {
            return Set.of(tensor.storage());
        }

        @Override
        public boolean hasEffect() {
            return true;
        }

        @Override
        public List<Operand> operands() {
            return concat(access(indices, expected), List.of(value));
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** An elementwise operation; operands broadcast as in torch and have the dtype the operation computes in. */
    record Pointwise(Value result, PointwiseOp op, List<Operand> operands, Span span) implements Op {
        public Pointwise {
            operands = List.copyOf(operands);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitPointwise(this);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Another dtype. */
    record Cast(Value result, Operand operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitCast(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /**
     * A tensor of one value.
     *
     * @param allocates whether the program makes it with axes of lengths it says, as {@code hl.zeros([tile, 64])} does;
     *     false for what has the axes of another value
     */
    record Full(Value result, Operand fill, boolean allocates, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitFull(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(fill);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** {@code start + step * (0 .. length)}, of the result's one axis. */
    record Arange(Value result, long start, long step, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitArange(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of();
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** The absolute positions of a tile, int32. */
    record TileIndex(Value result, int block, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitTileIndex(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of();
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** A number about a tile. */
    record TileScalar(Value result, int block, TileProperty property, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitTileScalar(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of();
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** What {@link TileScalar} asks for. */
    enum TileProperty {
        BEGIN,
        END,
        ID,
        COUNT,
        BLOCK_SIZE,
        /** Where the whole loop ends. */
        LIMIT
    }

    /** Reduces one axis; the result lacks it. */
    record Reduce(Value result, ReduceOp op, Value operand, int axis, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitReduce(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /**
     * Reduces one axis of several tensors of one shape at once; the results lack it.
     *
     * @param fills what padded lanes of each operand count as
     */
    record ReduceTuple(
            List<Value> results, Combiner combiner, List<Value> values, List<Literal> fills, int axis, Span span)
            implements Op {
        public ReduceTuple {
            results = List.copyOf(results);
            values = List.copyOf(values);
            fills = List.copyOf(fills);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitReduceTuple(this);
        }

        @Override
        public List<Operand> operands() {
            return concat(values, combiner.yields());
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(combiner.body());
        }

        @Override
        public List<Value> regionArguments() {
            return combiner.arguments();
        }
    }

    /**
     * Combines each element with all before it along an axis, or with all behind it; several tensors of one shape at once.
     *
     * @param reverse whether it goes from the end of the axis to its beginning
     */
    record Scan(List<Value> results, Combiner combiner, List<Value> values, int axis, boolean reverse, Span span)
            implements Op {
        public Scan {
            results = List.copyOf(results);
            values = List.copyOf(values);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitScan(this);
        }

        @Override
        public List<Operand> operands() {
            return concat(values, combiner.yields());
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(combiner.body());
        }

        @Override
        public List<Value> regionArguments() {
            return combiner.arguments();
        }
    }

    /** The places, int32, of the elements of the last axis in ascending or descending order; NaN is the largest. */
    record Argsort(Value result, Value operand, boolean descending, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitArgsort(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Elements at places along an axis; the other axes of operand and places are the same. */
    record TakeAlong(Value result, Value operand, Value places, int axis, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitTakeAlong(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand, places);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /**
     * Matrix product of the last two axes; with {@code accumulator} added where present. The result's dtype is float32,
     * float64 or int32.
     *
     * @param precision {@code tf32}, {@code tf32x3} or {@code ieee}, for float32 operands
     */
    record Dot(Value result, Value left, Value right, Optional<Operand> accumulator, String precision, Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitDot(this);
        }

        @Override
        public List<Operand> operands() {
            return concat(List.of(left, right), accumulator.stream().toList());
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /**
     * Matrix product of two axes with a scale for each 32 elements of the inner axis; float32.
     *
     * @param leftFormat how the left operand's bytes are read: {@code e2m1}, {@code e4m3}, {@code e5m2}, {@code bf16} or
     *     {@code fp16}
     */
    record DotScaled(
            Value result,
            Value left,
            Value leftScale,
            String leftFormat,
            Value right,
            Value rightScale,
            String rightFormat,
            Optional<Operand> accumulator,
            Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitDotScaled(this);
        }

        @Override
        public List<Operand> operands() {
            return concat(
                    List.of(left, leftScale, right, rightScale),
                    accumulator.stream().toList());
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /**
     * Puts the operand's axes elsewhere, with new axes of extent one.
     *
     * @param axes for each axis of the result the operand's axis, or -1 for a new one; operand axes keep their order
     */
    record ExpandDims(Value result, Value operand, List<Integer> axes, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitExpandDims(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Reorders axes: axis i of the result is axis {@code order[i]} of the operand. */
    record Permute(Value result, Value operand, List<Integer> order, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitPermute(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Repeats axes of extent one; the same rank or a smaller one. */
    record Broadcast(Value result, Operand operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitBroadcast(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** The same elements in row-major order under another shape; also drops axes of one element. */
    record Reshape(Value result, Value operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitReshape(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Two tensors of one shape side by side along a new last axis. */
    record Join(Value result, Value first, Value second, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitJoin(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(first, second);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Takes the two halves of a last axis of two elements. */
    record Split(Value first, Value second, Value operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitSplit(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(first, second);
        }
    }

    /** The same bits read as another dtype of the same width. */
    record Bitcast(Value result, Value operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitBitcast(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** What {@link Random} gives: floats from 0 to 1, normal floats, all bits of an int32, four blocks of floats. */
    enum RandomKind {
        UNIFORM,
        NORMAL,
        WORD,
        UNIFORM_4
    }

    /** Random numbers of Philox 4x32-10, which a seed and an element's counter decide. */
    record Random(List<Value> results, RandomKind kind, Operand seed, Operand counter, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitRandom(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(seed, counter);
        }
    }

    /** Triton statements of the user's; the last one is the value where there are results. {@code names} are its placeholders. */
    record InlineTriton(List<Value> results, String source, List<String> names, List<Operand> operands, Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitInlineTriton(this);
        }

        @Override
        public Set<String> writes() {
            return pointedTo(operands);
        }

        @Override
        public boolean hasEffect() {
            return true;
        }
    }

    /**
     * A call of a Triton function of the user's.
     *
     * @param definition its text; empty where it stands in the user's file
     * @param names of the arguments; empty for those given by position
     */
    record CallTriton(
            List<Value> results,
            String function,
            String definition,
            List<String> names,
            List<Operand> operands,
            Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitCallTriton(this);
        }

        @Override
        public Set<String> writes() {
            return pointedTo(operands);
        }

        @Override
        public boolean hasEffect() {
            return true;
        }
    }

    /** Assembly of the target for each element, or for {@code pack} elements at once. */
    record Assembly(
            List<Value> results,
            String text,
            String constraints,
            List<Operand> operands,
            boolean isPure,
            long pack,
            Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitAssembly(this);
        }

        @Override
        public boolean hasEffect() {
            return !isPure;
        }
    }

    /** Prints values on the device. */
    record Print(String prefix, List<Operand> operands, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitPrint(this);
        }

        @Override
        public boolean hasEffect() {
            return true;
        }

        @Override
        public List<Value> results() {
            return List.of();
        }
    }

    /** A loop over tiles inside a program. */
    record ForTiles(List<TileAxis> axes, List<Carried> carried, List<Op> body, Span span) implements Op {
        public ForTiles {
            axes = List.copyOf(axes);
            carried = List.copyOf(carried);
            body = List.copyOf(body);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitForTiles(this);
        }

        @Override
        public List<Operand> operands() {
            List<Operand> all = new ArrayList<>();
            axes.forEach(axis -> {
                all.add(axis.begin());
                all.add(axis.end());
                axis.lengths().ifPresent(all::add);
            });
            carried.forEach(value -> {
                all.add(value.initial());
                all.add(value.yielded());
            });
            return all;
        }

        @Override
        public List<Value> results() {
            return carried.stream().map(Carried::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(body);
        }

        @Override
        public List<Value> regionArguments() {
            return carried.stream().map(Carried::argument).toList();
        }
    }

    /**
     * A loop that runs while a condition holds.
     *
     * @param test computes the condition, from the carried arguments
     * @param condition a single truth value, from {@code test}
     */
    record While(List<Carried> carried, List<Op> test, Operand condition, List<Op> body, Span span) implements Op {
        public While {
            carried = List.copyOf(carried);
            test = List.copyOf(test);
            body = List.copyOf(body);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitWhile(this);
        }

        @Override
        public List<Operand> operands() {
            List<Operand> all = new ArrayList<>(List.of(condition));
            carried.forEach(value -> {
                all.add(value.initial());
                all.add(value.yielded());
            });
            return all;
        }

        @Override
        public List<Value> results() {
            return carried.stream().map(Carried::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(test, body);
        }

        @Override
        public List<Value> regionArguments() {
            return carried.stream().map(Carried::argument).toList();
        }
    }

    /**
     * A value that a loop hands from one turn to the next.
     *
     * @param initial before the first turn
     * @param argument the name of it inside the body
     * @param yielded at the end of a turn
     * @param result after the last turn
     */
    record Carried(Operand initial, Value argument, Operand yielded, Value result) {}

    /** A runtime choice; both branches give values of equal types. */
    record If(Operand condition, List<Op> then, List<Op> orElse, List<Merged> merged, Span span) implements Op {
        public If {
            then = List.copyOf(then);
            orElse = List.copyOf(orElse);
            merged = List.copyOf(merged);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitIf(this);
        }

        @Override
        public List<Operand> operands() {
            List<Operand> all = new ArrayList<>(List.of(condition));
            merged.forEach(value -> {
                all.add(value.thenValue());
                all.add(value.elseValue());
            });
            return all;
        }

        @Override
        public List<Value> results() {
            return merged.stream().map(Merged::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(then, orElse);
        }
    }

    /** A value that depends on the branch taken. */
    record Merged(Operand thenValue, Operand elseValue, Value result) {}

    /**
     * A loop over chunks of one static extent, made by lowering from a reduction that is not kept whole in registers.
     *
     * @param extent the static extent that is cut into chunks
     * @param body works on one chunk; axes of this extent have the chunk's length inside
     * @param partials reductions over the extent, accumulated chunk by chunk and finished behind the loop
     */
    record ForChunks(long extent, List<Op> body, List<Reduce> partials, Span span) implements Op {
        public ForChunks {
            body = List.copyOf(body);
            partials = List.copyOf(partials);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitForChunks(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of();
        }

        @Override
        public List<Value> results() {
            return partials.stream().map(Reduce::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(body);
        }
    }

    /** The tensors whose addresses text of the user's gets: it may write them. */
    private static Set<String> pointedTo(List<Operand> operands) {
        return operands.stream()
                .filter(Operand.Pointer.class::isInstance)
                .map(operand -> ((Operand.Pointer) operand).tensor().storage())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Operand> access(List<Index> indices, Optional<Operand> mask) {
        List<Operand> all = new ArrayList<>();
        indices.forEach(index -> all.addAll(index.operands()));
        mask.ifPresent(all::add);
        return all;
    }

    private static List<Operand> concat(List<? extends Operand> a, List<? extends Operand> b) {
        List<Operand> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }
}
