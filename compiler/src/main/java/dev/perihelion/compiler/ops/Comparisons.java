package dev.perihelion.compiler.ops;

import static dev.perihelion.compiler.ops.PointwiseOp.Compute.FLOAT32;
import static dev.perihelion.compiler.ops.PointwiseOp.Compute.NATIVE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.COMPARISON;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.LOGICAL;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.TEST;

/** Operations whose result is a bool. */
final class Comparisons {

    private Comparisons() {}

    static void addTo(Rows rows) {
        rows.binary("eq", COMPARISON, NATIVE, "{0} == {1}", (a, b) -> a == b ? 1 : 0, "Equal.");
        rows.binary("ne", COMPARISON, NATIVE, "{0} != {1}", (a, b) -> a != b ? 1 : 0, "Not equal.");
        rows.binary("lt", COMPARISON, NATIVE, "{0} < {1}", (a, b) -> a < b ? 1 : 0, "Less.");
        rows.binary("le", COMPARISON, NATIVE, "{0} <= {1}", (a, b) -> a <= b ? 1 : 0, "Less or equal.");
        rows.binary("gt", COMPARISON, NATIVE, "{0} > {1}", (a, b) -> a > b ? 1 : 0, "Greater.");
        rows.binary("ge", COMPARISON, NATIVE, "{0} >= {1}", (a, b) -> a >= b ? 1 : 0, "Greater or equal.");
        rows.unary("isnan", TEST, NATIVE, "{0} != {0}", x -> 0, "Whether x is NaN.");
        rows.unary(
                "isinf",
                TEST,
                NATIVE,
                "tl.abs({0}) == float('inf')",
                x -> Double.isInfinite(x) ? 1 : 0,
                "Whether x is infinite.");
        rows.unary(
                "isfinite",
                TEST,
                NATIVE,
                "tl.abs({0}) < float('inf')",
                x -> Double.isFinite(x) ? 1 : 0,
                "Whether x is neither infinite nor NaN.");
        rows.unary(
                "isposinf",
                TEST,
                NATIVE,
                "{0} == float('inf')",
                x -> x == Double.POSITIVE_INFINITY ? 1 : 0,
                "Whether x is infinity.");
        rows.unary(
                "isneginf",
                TEST,
                NATIVE,
                "{0} == float('-inf')",
                x -> x == Double.NEGATIVE_INFINITY ? 1 : 0,
                "Whether x is minus infinity.");
        rows.unary(
                "signbit",
                COMPARISON,
                NATIVE,
                "_signbit({0})",
                x -> Double.doubleToRawLongBits(x) < 0 ? 1 : 0,
                "Whether x is negative, -0.0 included.");
        rows.row(
                "isclose",
                "input, other, rtol=0.00001, atol=0.00000001",
                TEST,
                FLOAT32,
                "_isclose({0}, {1}, {2}, {3})",
                x -> x[0] == x[1] ? 1 : Double.NaN,
                "Whether both are equal or nearly so.");
        rows.binary("logical_and", LOGICAL, NATIVE, "{0} & {1}", (a, b) -> a != 0 && b != 0 ? 1 : 0, "Logical and.");
        rows.binary("logical_or", LOGICAL, NATIVE, "{0} | {1}", (a, b) -> a != 0 || b != 0 ? 1 : 0, "Logical or.");
        rows.binary(
                "logical_xor",
                LOGICAL,
                NATIVE,
                "{0} ^ {1}",
                (a, b) -> (a != 0) != (b != 0) ? 1 : 0,
                "Logical exclusive or.");
        rows.unary("logical_not", LOGICAL, NATIVE, "_logical_not({0})", x -> x == 0 ? 1 : 0, "Logical complement.");
    }
}
