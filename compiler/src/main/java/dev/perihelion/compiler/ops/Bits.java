package dev.perihelion.compiler.ops;

import static dev.perihelion.compiler.ops.PointwiseOp.Compute.NATIVE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.BITWISE;

/** Operations on the bits of integers and on bools. */
final class Bits {

    private Bits() {}

    static void addTo(Rows rows) {
        rows.binary("bitwise_and", BITWISE, NATIVE, "{0} & {1}", (a, b) -> (long) a & (long) b, "Bitwise and.");
        rows.binary("bitwise_or", BITWISE, NATIVE, "{0} | {1}", (a, b) -> (long) a | (long) b, "Bitwise or.");
        rows.binary(
                "bitwise_xor", BITWISE, NATIVE, "{0} ^ {1}", (a, b) -> (long) a ^ (long) b, "Bitwise exclusive or.");
        rows.unary("bitwise_not", BITWISE, NATIVE, "~{0}", x -> Double.NaN, "Bitwise complement; logical for bool.");
        rows.binary(
                "bitwise_left_shift",
                BITWISE,
                NATIVE,
                "_shift_left({0}, {1})",
                (a, b) -> a == 0 ? 0 : Double.NaN,
                "Shift to the left; all bits leave it for shifts of its width or more.");
        rows.binary(
                "bitwise_right_shift",
                BITWISE,
                NATIVE,
                "_shift_right({0}, {1})",
                (a, b) -> a == 0 ? 0 : Double.NaN,
                "Shift to the right, which keeps the sign.");
    }
}
