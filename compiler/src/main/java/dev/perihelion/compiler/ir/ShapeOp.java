package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;

/** Gives the same elements under another shape. */
public sealed interface ShapeOp extends Op {

    /**
     * Puts the operand's axes elsewhere, with new axes of extent one.
     *
     * @param axes for each axis of the result the operand's axis, or -1 for a new one; operand axes keep their order
     */
    record ExpandDims(Value result, Value operand, List<Integer> axes, Span span) implements ShapeOp {
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
    record Permute(Value result, Value operand, List<Integer> order, Span span) implements ShapeOp {
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
    record Broadcast(Value result, Operand operand, Span span) implements ShapeOp {
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
    record Reshape(Value result, Value operand, Span span) implements ShapeOp {
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
    record Join(Value result, Value first, Value second, Span span) implements ShapeOp {
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
    record Split(Value first, Value second, Value operand, Span span) implements ShapeOp {
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
}
