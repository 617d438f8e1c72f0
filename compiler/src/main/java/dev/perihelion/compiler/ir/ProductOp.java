package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import java.util.Optional;

/** Matrix products. */
public sealed interface ProductOp extends Op {

    /**
     * Matrix product of the last two axes; with {@code accumulator} added where present. The result's dtype is float32,
     * float64 or int32.
     *
     * @param precision {@code tf32}, {@code tf32x3} or {@code ieee}, for float32 operands
     */
    record Dot(Value result, Value left, Value right, Optional<Operand> accumulator, String precision, Span span)
            implements ProductOp {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitDot(this);
        }

        @Override
        public List<Operand> operands() {
            return Operands.concat(List.of(left, right), accumulator.stream().toList());
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
            implements ProductOp {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitDotScaled(this);
        }

        @Override
        public List<Operand> operands() {
            return Operands.concat(
                    List.of(left, leftScale, right, rightScale),
                    accumulator.stream().toList());
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }
}
