package dev.perihelion.compiler.ops;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One row of the op table: an elementwise operation.
 *
 * @param name torch's name for it, without the module
 * @param home the module of torch that has it
 * @param parameters the operands' names, in order
 * @param typing how operand and result types follow from the operands
 * @param compute the precision it needs
 * @param template Triton text; {0}, {1} ... are the operands
 * @param fold its value on constants: tells what padded lanes hold; NaN where that is not known
 * @param doc one sentence for docs/language.md
 */
public record PointwiseOp(
        String name,
        Home home,
        List<Parameter> parameters,
        Typing typing,
        Compute compute,
        String template,
        Fold fold,
        String doc) {

    public PointwiseOp {
        parameters = List.copyOf(parameters);
    }

    /** Modules of torch. */
    public enum Home {
        TORCH("torch"),
        FUNCTIONAL("torch.nn.functional"),
        SPECIAL("torch.special");

        private final String module;

        Home(String module) {
            this.module = module;
        }

        /** The qualified name. */
        public String module() {
            return module;
        }
    }

    /**
     * An operand's name, with its value where a call leaves it out.
     *
     * @param standard a {@link Long} or a {@link Double}
     */
    public record Parameter(String name, Optional<Number> standard) {
        @Override
        public String toString() {
            return standard.map(number -> name + "=" + number).orElse(name);
        }
    }

    /** torch's type promotion, by kinds of operation. */
    public enum Typing {
        /** Operands are promoted; the result has that type. */
        ARITHMETIC,
        /** As arithmetic, and integers become float32. */
        FLOATING,
        /** One operand; integers stay as they are. */
        ROUNDING,
        /** Operands are promoted; the result is bool. */
        COMPARISON,
        /** As floating, and the result is bool. */
        TEST,
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

    /** How many operands it has. */
    public int arity() {
        return parameters.size();
    }

    /** Name and parameters, as {@code elu(input, alpha=1.0)}. */
    public String signature() {
        return name + "(" + parameters.stream().map(Parameter::toString).collect(Collectors.joining(", ")) + ")";
    }

    /** Whether the result is a bool. */
    public boolean isPredicate() {
        return typing == Typing.COMPARISON || typing == Typing.TEST || typing == Typing.LOGICAL;
    }

    /** Whether the template calls one of the prelude's functions or libdevice, which need tensors. */
    public boolean isHelper() {
        return template.contains("_") || template.contains("libdevice.");
    }

    /** The value on constant operands, where it is known and not NaN. */
    public OptionalDouble foldConstants(double[] operands) {
        double value = fold.apply(operands);
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
