package dev.perihelion.compiler.ops;

import static dev.perihelion.compiler.ops.PointwiseOp.Compute.FLOAT32;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.ROUNDING;

/** Rounding to whole numbers. */
final class Rounding {

    private Rounding() {}

    static void addTo(Rows rows) {
        rows.unary("floor", ROUNDING, FLOAT32, "tl.floor({0})", Math::floor, "Rounded down.");
        rows.unary("ceil", ROUNDING, FLOAT32, "tl.ceil({0})", Math::ceil, "Rounded up.");
        rows.unary(
                "trunc",
                ROUNDING,
                FLOAT32,
                "libdevice.trunc({0})",
                x -> x < 0 ? Math.ceil(x) : Math.floor(x),
                "Rounded toward zero.");
        rows.unary(
                "round",
                ROUNDING,
                FLOAT32,
                "libdevice.rint({0})",
                Math::rint,
                "Rounded to nearest, halves to even; `decimals` rounds elsewhere.");
        rows.function(
                "frac",
                "{0} - libdevice.trunc({0})",
                x -> x - (x < 0 ? Math.ceil(x) : Math.floor(x)),
                "What is behind the point, with the sign of x.");
    }
}
