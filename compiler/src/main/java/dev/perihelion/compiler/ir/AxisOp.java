package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.ReduceOp;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;

/** Works along one axis: reductions, scans, sorting and picking. */
public sealed interface AxisOp extends Op {

    /** Reduces one axis; the result lacks it. */
    record Reduce(Value result, ReduceOp op, Value operand, int axis, Span span) implements AxisOp {
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
            implements AxisOp {
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
            return Operands.concat(values, combiner.yields());
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
            implements AxisOp {
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
            return Operands.concat(values, combiner.yields());
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
    record Argsort(Value result, Value operand, boolean descending, Span span) implements AxisOp {
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
    record TakeAlong(Value result, Value operand, Value places, int axis, Span span) implements AxisOp {
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
}
