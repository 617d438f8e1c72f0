package dev.perihelion.compiler.ops;

import static dev.perihelion.compiler.ops.PointwiseOp.Compute.FLOAT32;
import static dev.perihelion.compiler.ops.PointwiseOp.Compute.NATIVE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.ARITHMETIC;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.BITWISE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.FLOATING;

/** Forms of rows that the compiler chooses itself. */
final class Variants {

    private Variants() {}

    static void addTo(Rows rows) {
        rows.binary(
                "shift_left_in_range",
                BITWISE,
                NATIVE,
                "{0} << {1}",
                (a, b) -> a == 0 ? 0 : Double.NaN,
                "A shift by less than the width.");
        rows.binary(
                "shift_right_in_range",
                BITWISE,
                NATIVE,
                "{0} >> {1}",
                (a, b) -> a == 0 ? 0 : Double.NaN,
                "A shift by less than the width.");
        rows.binary(
                "divide_exactly",
                FLOATING,
                FLOAT32,
                "_divide({0}, {1})",
                (a, b) -> a / b,
                "Division rounded to nearest: whole quotients are whole.");
        rows.binary(
                "truncated_quotient",
                ARITHMETIC,
                NATIVE,
                "_truncated_quotient({0}, {1})",
                (a, b) -> Double.NaN,
                "Division of integers rounded toward zero.");
        rows.binary(
                "quotient_of_counts",
                ARITHMETIC,
                NATIVE,
                "{0} // {1}",
                (a, b) -> a == 0 ? 0 : Double.NaN,
                "Division of integers that are not negative.");
        rows.binary(
                "rest_of_counts",
                ARITHMETIC,
                NATIVE,
                "{0} % {1}",
                (a, b) -> a == 0 ? 0 : Double.NaN,
                "Remainder of integers that are not negative.");
        rows.function("gelu_tanh", "_gelu_tanh({0})", x -> x == 0 ? 0 : Double.NaN, "gelu with the tanh formula.");
    }
}
