package dev.perihelion.compiler.ops;

import java.util.OptionalDouble;

/**
 * One row of the op table: an elementwise operation.
 *
 * @param name torch's name for it, without {@code torch.}
 * @param arity how many operands
 * @param typing how operand and result types follow from the operands
 * @param compute the precision it needs
 * @param template Triton text; {0}, {1} ... are the operands
 * @param fold its value on constants: tells what padded lanes hold; NaN where that is not known
 * @param doc one sentence for docs/language.md
 */
public record PointwiseOp(
        String name, int arity, Typing typing, Compute compute, String template, Fold fold, String doc) {

    /** torch's type promotion, by kinds of operation. */
    public enum Typing {
        /** Operands are promoted; the result has that type. */
        ARITHMETIC,
        /** As arithmetic, and integers become float32. */
        FLOATING,
        /** Operands are promoted; the result is bool. */
        COMPARISON,
        /** Operands become bool; so is the result. */
        LOGICAL,
        /** Operands are promoted; floating-point is refused. */
        BITWISE,
        /** The first operand is a bool, the others are promoted. */
        SELECT
    }

    /** In what precision half operands are computed. */
    public enum Compute {
        /** Rounds as torch does when done in the operands' type. */
        NATIVE,
        /** In float32, then rounded once, as torch does on devices. */
        FLOAT32
    }

    /** Constant evaluation. */
    @FunctionalInterface
    public interface Fold {
        double apply(double[] operands);
    }

    /** Whether the template calls one of the prelude's functions, which need tensors. */
    public boolean isHelper() {
        return template.startsWith("_");
    }

    /** The value on constant operands, where it is known and not NaN. */
    public OptionalDouble foldConstants(double[] operands) {
        double value = fold.apply(operands);
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
