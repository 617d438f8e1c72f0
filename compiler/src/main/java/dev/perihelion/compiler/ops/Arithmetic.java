package dev.perihelion.compiler.ops;

import static dev.perihelion.compiler.ops.PointwiseOp.Compute.FLOAT32;
import static dev.perihelion.compiler.ops.PointwiseOp.Compute.NATIVE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.ARITHMETIC;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.FLOATING;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.SELECT;

/** Sums, products, extremes and what is made of them. */
final class Arithmetic {

    private Arithmetic() {}

    static void addTo(Rows rows) {
        rows.binary("add", ARITHMETIC, NATIVE, "{0} + {1}", Double::sum, "Sum; of bools, whether either holds.");
        rows.binary("sub", ARITHMETIC, NATIVE, "{0} - {1}", (a, b) -> a - b, "Difference.");
        rows.binary("mul", ARITHMETIC, NATIVE, "{0} * {1}", (a, b) -> a * b, "Product; of bools, whether both hold.");
        rows.binary("div", FLOATING, FLOAT32, "{0} / {1}", (a, b) -> a / b, "True division.");
        rows.binary(
                "floor_divide",
                ARITHMETIC,
                FLOAT32,
                "_floor_divide({0}, {1})",
                (a, b) -> Math.floor(a / b),
                "Division rounded down.");
        rows.binary(
                "remainder",
                ARITHMETIC,
                FLOAT32,
                "_remainder({0}, {1})",
                (a, b) -> a - b * Math.floor(a / b),
                "Remainder with the sign of the divisor.");
        rows.binary(
                "fmod",
                ARITHMETIC,
                FLOAT32,
                "_fmod({0}, {1})",
                (a, b) -> a % b,
                "Remainder with the sign of the dividend.");
        rows.row(
                "pow",
                "input, exponent",
                ARITHMETIC,
                FLOAT32,
                "_pow({0}, {1})",
                x -> Math.pow(x[0], x[1]),
                "Power; small whole ones are products.");
        rows.binary("maximum", ARITHMETIC, NATIVE, "_maximum({0}, {1})", Math::max, "The larger; NaN if either is.");
        rows.binary("minimum", ARITHMETIC, NATIVE, "_minimum({0}, {1})", Math::min, "The smaller; NaN if either is.");
        rows.binary(
                "fmax",
                ARITHMETIC,
                NATIVE,
                "tl.maximum({0}, {1})",
                Math::max,
                "The larger; the other one if one is NaN.");
        rows.binary(
                "fmin",
                ARITHMETIC,
                NATIVE,
                "tl.minimum({0}, {1})",
                Math::min,
                "The smaller; the other one if one is NaN.");
        rows.unary("neg", ARITHMETIC, NATIVE, "-{0}", x -> -x, "Negation.");
        rows.unary("abs", ARITHMETIC, NATIVE, "tl.abs({0})", Math::abs, "Absolute value.");
        rows.unary("square", ARITHMETIC, NATIVE, "{0} * {0}", x -> x * x, "x * x.");
        rows.unary("sign", ARITHMETIC, NATIVE, "_sign({0})", Math::signum, "-1, 0 or 1.");
        rows.function("angle", "_angle({0})", x -> x < 0 ? Math.PI : 0, "Pi for negative numbers, 0 for others.");
        rows.function("reciprocal", "1.0 / {0}", x -> 1 / x, "1 / x.");
        rows.function("sqrt", "_sqrt({0})", Math::sqrt, "Square root, rounded to nearest.");
        rows.function("rsqrt", "tl.rsqrt({0})", x -> 1 / Math.sqrt(x), "1 / sqrt(x).");
        rows.function(
                "hypot",
                "input, other",
                "libdevice.hypot({0}, {1})",
                x -> Math.hypot(x[0], x[1]),
                "sqrt(x * x + y * y) without overflow.");
        rows.function(
                "copysign",
                "input, other",
                "libdevice.copysign({0}, {1})",
                x -> Math.copySign(x[0], x[1]),
                "The first's size with the second's sign.");
        rows.binary(
                "nextafter",
                ARITHMETIC,
                NATIVE,
                "_nextafter({0}, {1})",
                (a, b) -> Double.NaN,
                "The next number toward the second.");
        rows.function(
                "lerp",
                "input, end, weight",
                "_lerp({0}, {1}, {2})",
                x -> x[2] == 0 ? x[0] : Double.NaN,
                "Linear interpolation.");
        rows.row(
                "addcmul",
                "input, tensor1, tensor2, value=1",
                ARITHMETIC,
                FLOAT32,
                "{0} + {3} * {1} * {2}",
                x -> x[0] + x[3] * x[1] * x[2],
                "input + value * tensor1 * tensor2.");
        rows.function(
                "addcdiv",
                "input, tensor1, tensor2, value=1",
                "{0} + {3} * ({1} / {2})",
                x -> x[0] + x[3] * (x[1] / x[2]),
                "input + value * tensor1 / tensor2.");
        rows.row(
                "heaviside",
                "input, values",
                ARITHMETIC,
                NATIVE,
                "_heaviside({0}, {1})",
                x -> x[0] == 0 ? x[1] : x[0] > 0 ? 1 : 0,
                "0 below zero, 1 above, `values` at it.");
        rows.row(
                "where",
                "condition, input, other",
                SELECT,
                NATIVE,
                "tl.where({0}, {1}, {2})",
                x -> x[0] != 0 ? x[1] : x[2],
                "Choice by a mask.");
    }
}
