package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;

/** Makes a value that is no function of other tensors: constants, positions, numbers about tiles, random numbers. */
public sealed interface CreationOp extends Op {

    /**
     * A tensor of one value.
     *
     * @param allocates whether the program makes it with axes of lengths it says, as {@code hl.zeros([tile, 64])} does;
     *     false for what has the axes of another value
     */
    record Full(Value result, Operand fill, boolean allocates, Span span) implements CreationOp {
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
    record Arange(Value result, long start, long step, Span span) implements CreationOp {
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
    record TileIndex(Value result, int block, Span span) implements CreationOp {
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
    record TileScalar(Value result, int block, TileProperty property, Span span) implements CreationOp {
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

    /** What {@link Random} gives: floats from 0 to 1, normal floats, all bits of an int32, four blocks of floats. */
    enum RandomKind {
        UNIFORM,
        NORMAL,
        WORD,
        UNIFORM_4
    }

    /** Random numbers of Philox 4x32-10, which a seed and an element's counter decide. */
    record Random(List<Value> results, RandomKind kind, Operand seed, Operand counter, Span span)
            implements CreationOp {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitRandom(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of(seed, counter);
        }
    }
}
