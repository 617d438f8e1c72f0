package dev.perihelion.compiler.ops;

import static dev.perihelion.compiler.ops.PointwiseOp.Compute.FLOAT32;
import static dev.perihelion.compiler.ops.PointwiseOp.Compute.NATIVE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.ARITHMETIC;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.BITWISE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.COMPARISON;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.FLOATING;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.LOGICAL;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.SELECT;

import dev.perihelion.compiler.ops.PointwiseOp.Compute;
import dev.perihelion.compiler.ops.PointwiseOp.Fold;
import dev.perihelion.compiler.ops.PointwiseOp.Typing;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** The table of elementwise operations: one row each. */
public final class PointwiseTable {

    private static final Map<String, PointwiseOp> ROWS = new LinkedHashMap<>();

    static {
        binary("add", ARITHMETIC, NATIVE, "{0} + {1}", Double::sum, "Sum.");
        binary("sub", ARITHMETIC, NATIVE, "{0} - {1}", (a, b) -> a - b, "Difference.");
        binary("mul", ARITHMETIC, NATIVE, "{0} * {1}", (a, b) -> a * b, "Product.");
        binary("div", FLOATING, FLOAT32, "{0} / {1}", (a, b) -> a / b, "True division; integers give float32.");
        binary(
                "floor_divide",
                ARITHMETIC,
                FLOAT32,
                "_floor_divide({0}, {1})",
                (a, b) -> Math.floor(a / b),
                "Division rounded down.");
        binary(
                "remainder",
                ARITHMETIC,
                FLOAT32,
                "_remainder({0}, {1})",
                (a, b) -> a - b * Math.floor(a / b),
                "Remainder with the sign of the divisor.");
        binary("pow", ARITHMETIC, FLOAT32, "_pow({0}, {1})", Math::pow, "Power.");
        binary("maximum", ARITHMETIC, NATIVE, "_maximum({0}, {1})", Math::max, "The larger; NaN if either is.");
        binary("minimum", ARITHMETIC, NATIVE, "_minimum({0}, {1})", Math::min, "The smaller; NaN if either is.");
        binary("eq", COMPARISON, NATIVE, "{0} == {1}", (a, b) -> a == b ? 1 : 0, "Equal.");
        binary("ne", COMPARISON, NATIVE, "{0} != {1}", (a, b) -> a != b ? 1 : 0, "Not equal.");
        binary("lt", COMPARISON, NATIVE, "{0} < {1}", (a, b) -> a < b ? 1 : 0, "Less.");
        binary("le", COMPARISON, NATIVE, "{0} <= {1}", (a, b) -> a <= b ? 1 : 0, "Less or equal.");
        binary("gt", COMPARISON, NATIVE, "{0} > {1}", (a, b) -> a > b ? 1 : 0, "Greater.");
        binary("ge", COMPARISON, NATIVE, "{0} >= {1}", (a, b) -> a >= b ? 1 : 0, "Greater or equal.");
        binary("bitwise_and", BITWISE, NATIVE, "{0} & {1}", (a, b) -> (long) a & (long) b, "Bitwise and.");
        binary("bitwise_or", BITWISE, NATIVE, "{0} | {1}", (a, b) -> (long) a | (long) b, "Bitwise or.");
        binary("bitwise_xor", BITWISE, NATIVE, "{0} ^ {1}", (a, b) -> (long) a ^ (long) b, "Bitwise exclusive or.");
        binary("bitwise_left_shift", BITWISE, NATIVE, "{0} << {1}", (a, b) -> Double.NaN, "Shift to the left.");
        binary("bitwise_right_shift", BITWISE, NATIVE, "{0} >> {1}", (a, b) -> Double.NaN, "Arithmetic shift right.");
        binary("logical_and", LOGICAL, NATIVE, "{0} & {1}", (a, b) -> a != 0 && b != 0 ? 1 : 0, "Logical and.");
        binary("logical_or", LOGICAL, NATIVE, "{0} | {1}", (a, b) -> a != 0 || b != 0 ? 1 : 0, "Logical or.");
        binary(
                "logical_xor",
                LOGICAL,
                NATIVE,
                "{0} ^ {1}",
                (a, b) -> (a != 0) != (b != 0) ? 1 : 0,
                "Logical exclusive or.");
        row("where", 3, SELECT, NATIVE, "tl.where({0}, {1}, {2})", x -> x[0] != 0 ? x[1] : x[2], "Choice by a mask.");
        unary("neg", ARITHMETIC, NATIVE, "-{0}", x -> -x, "Negation.");
        unary("abs", ARITHMETIC, NATIVE, "tl.abs({0})", Math::abs, "Absolute value.");
        unary("bitwise_not", BITWISE, NATIVE, "~{0}", x -> Double.NaN, "Bitwise complement; logical for bool.");
        unary("logical_not", LOGICAL, NATIVE, "_logical_not({0})", x -> x == 0 ? 1 : 0, "Logical complement.");
        unary("exp", FLOATING, FLOAT32, "tl.exp({0})", Math::exp, "e to the power of x.");
        unary("exp2", FLOATING, FLOAT32, "tl.exp2({0})", x -> Math.pow(2, x), "2 to the power of x.");
        unary("expm1", FLOATING, FLOAT32, "_expm1({0})", Math::expm1, "exp(x) - 1, exact near 0.");
        unary("log", FLOATING, FLOAT32, "tl.log({0})", Math::log, "Natural logarithm.");
        unary("log2", FLOATING, FLOAT32, "tl.log2({0})", x -> Math.log(x) / Math.log(2), "Logarithm to base 2.");
        unary("log10", FLOATING, FLOAT32, "tl.log2({0}) * 0.30102999566398120", Math::log10, "Logarithm to base 10.");
        unary("log1p", FLOATING, FLOAT32, "_log1p({0})", Math::log1p, "log(1 + x), exact near 0.");
        unary("sqrt", FLOATING, FLOAT32, "_sqrt({0})", Math::sqrt, "Square root, rounded to nearest.");
        unary("rsqrt", FLOATING, FLOAT32, "tl.rsqrt({0})", x -> 1 / Math.sqrt(x), "1 / sqrt(x).");
        unary("reciprocal", FLOATING, FLOAT32, "1.0 / {0}", x -> 1 / x, "1 / x.");
        unary("sin", FLOATING, FLOAT32, "tl.sin({0})", Math::sin, "Sine.");
        unary("cos", FLOATING, FLOAT32, "tl.cos({0})", Math::cos, "Cosine.");
        unary("tan", FLOATING, FLOAT32, "tl.sin({0}) / tl.cos({0})", Math::tan, "Tangent.");
        unary("tanh", FLOATING, FLOAT32, "_tanh({0})", Math::tanh, "Hyperbolic tangent.");
        unary("sinh", FLOATING, FLOAT32, "_sinh({0})", Math::sinh, "Hyperbolic sine.");
        unary("cosh", FLOATING, FLOAT32, "(tl.exp({0}) + tl.exp(-{0})) * 0.5", Math::cosh, "Hyperbolic cosine.");
        unary("erf", FLOATING, FLOAT32, "tl.erf({0})", x -> x == 0 ? 0 : Double.NaN, "Error function.");
        unary(
                "sigmoid",
                FLOATING,
                FLOAT32,
                "1.0 / (1.0 + tl.exp(-{0}))",
                x -> 1 / (1 + Math.exp(-x)),
                "Logistic function.");
        unary("square", ARITHMETIC, NATIVE, "{0} * {0}", x -> x * x, "x * x.");
        unary("floor", ARITHMETIC, FLOAT32, "tl.floor({0})", Math::floor, "Rounded down.");
        unary("ceil", ARITHMETIC, FLOAT32, "tl.ceil({0})", Math::ceil, "Rounded up.");
        unary(
                "trunc",
                ARITHMETIC,
                FLOAT32,
                "_trunc({0})",
                x -> x < 0 ? Math.ceil(x) : Math.floor(x),
                "Rounded toward zero.");
        unary("round", ARITHMETIC, FLOAT32, "_round({0})", Math::rint, "Rounded to nearest, halves to even.");
        unary("sign", ARITHMETIC, NATIVE, "_sign({0})", Math::signum, "-1, 0 or 1; NaN stays.");
        unary("relu", ARITHMETIC, NATIVE, "_relu({0})", x -> Math.max(x, 0), "max(x, 0).");
        unary("isnan", COMPARISON, NATIVE, "{0} != {0}", x -> 0, "Whether x is NaN.");
        unary(
                "isinf",
                COMPARISON,
                NATIVE,
                "tl.abs({0}) == float('inf')",
                x -> Double.isInfinite(x) ? 1 : 0,
                "Whether x is infinite.");
    }

    private PointwiseTable() {}

    /** The row with this torch name. */
    public static Optional<PointwiseOp> find(String name) {
        return Optional.ofNullable(ROWS.get(name));
    }

    /** The row with this torch name, which must be there. */
    public static PointwiseOp get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("No op `" + name + "` in the table."));
    }

    /** Every row, in the order of the documentation. */
    public static Collection<PointwiseOp> all() {
        return Collections.unmodifiableCollection(ROWS.values());
    }

    private static void unary(
            String name, Typing typing, Compute compute, String template, DoubleUnaryOperator fold, String doc) {
        row(name, 1, typing, compute, template, x -> fold.applyAsDouble(x[0]), doc);
    }

    private static void binary(
            String name, Typing typing, Compute compute, String template, DoubleBinaryOperator fold, String doc) {
        row(name, 2, typing, compute, template, x -> fold.applyAsDouble(x[0], x[1]), doc);
    }

    private static void row(
            String name, int arity, Typing typing, Compute compute, String template, Fold fold, String doc) {
        PointwiseOp op = new PointwiseOp(name, arity, typing, compute, template, fold, doc);
        if (ROWS.put(name, op) != null) {
            throw new IllegalStateException("Two rows named `" + name + "`.");
        }
    }
}
