package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Goes past the language: text of the user's in the generated program, and prints. */
public sealed interface EscapeOp extends Op {

    /** Triton statements of the user's; the last one is the value where there are results. {@code names} are its placeholders. */
    record InlineTriton(List<Value> results, String source, List<String> names, List<Operand> operands, Span span)
            implements EscapeOp {
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
            implements EscapeOp {
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
            implements EscapeOp {
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
    record Print(String prefix, List<Operand> operands, Span span) implements EscapeOp {
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

    /** The tensors whose addresses text of the user's gets: it may write them. */
    private static Set<String> pointedTo(List<Operand> operands) {
        return operands.stream()
                .filter(Operand.Pointer.class::isInstance)
                .map(operand -> ((Operand.Pointer) operand).tensor().storage())
                .collect(Collectors.toUnmodifiableSet());
    }
}
