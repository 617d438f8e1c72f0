package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;

/** Works on each element by itself. */
public sealed interface ElementwiseOp extends Op {

    /** An elementwise operation; operands broadcast as in torch and have the dtype the operation computes in. */
    record Pointwise(Value result, PointwiseOp op, List<Operand> operands, Span span) implements ElementwiseOp {
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
    record Cast(Value result, Operand operand, Span span) implements ElementwiseOp {
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

    /** The same bits read as another dtype of the same width. */
    record Bitcast(Value result, Value operand, Span span) implements ElementwiseOp {
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
}
