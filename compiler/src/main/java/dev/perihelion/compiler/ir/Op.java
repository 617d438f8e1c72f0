package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import java.util.Optional;

/** An operation of the tile IR. Free of any configuration. */
public sealed interface Op {

    /** The source it came from. */
    Span span();

    /** Calls the visitor's method for this operation. */
    <R> R accept(OpVisitor<R> visitor);

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
    }

    /** Writes a block of a host tensor; lanes outside are left alone. {@code value} has the tensor's dtype. */
    record Store(
            HostTensor tensor, List<Index> indices, List<Dim> shape, Operand value, Optional<Operand> mask, Span span)
            implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitStore(this);
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
    }

    /** Another dtype. */
    record Cast(Value result, Operand operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitCast(this);
        }
    }

    /** A tensor of one value. */
    record Full(Value result, Operand fill, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitFull(this);
        }
    }

    /** {@code start + step * (0 .. length)}, of the result's one axis. */
    record Arange(Value result, long start, long step, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitArange(this);
        }
    }

    /** The absolute positions of a tile, int32. */
    record TileIndex(Value result, int block, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitTileIndex(this);
        }
    }

    /** A number about a tile. */
    record TileScalar(Value result, int block, TileProperty property, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitTileScalar(this);
        }
    }

    /** What {@link TileScalar} asks for. */
    enum TileProperty {
        BEGIN,
        END,
        ID,
        COUNT,
        BLOCK_SIZE
    }

    /** Reduces one axis; the result lacks it. */
    record Reduce(Value result, ReduceOp op, Value operand, int axis, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitReduce(this);
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
    }

    /** Reorders axes: axis i of the result is axis {@code order[i]} of the operand. */
    record Permute(Value result, Value operand, List<Integer> order, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitPermute(this);
        }
    }

    /** Repeats axes of extent one; the same rank or a smaller one. */
    record Broadcast(Value result, Operand operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitBroadcast(this);
        }
    }

    /** The same elements in row-major order under another shape; also drops axes of one element. */
    record Reshape(Value result, Value operand, Span span) implements Op {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitReshape(this);
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
    }
}
