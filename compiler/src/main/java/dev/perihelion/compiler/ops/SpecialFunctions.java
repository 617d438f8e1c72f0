package dev.perihelion.compiler.ops;

import dev.perihelion.compiler.ops.PointwiseOp.Home;

/** Error, gamma and Bessel functions. */
final class SpecialFunctions {

    private SpecialFunctions() {}

    static void addTo(Rows rows) {
        rows.function("erf", "tl.erf({0})", x -> x == 0 ? 0 : Double.NaN, "Error function.");
        rows.function("erfc", "libdevice.erfc({0})", x -> x == 0 ? 1 : Double.NaN, "1 - erf(x), exact for large x.");
        rows.function("erfinv", "libdevice.erfinv({0})", x -> x == 0 ? 0 : Double.NaN, "Inverse error function.");
        rows.function("lgamma", "libdevice.lgamma({0})", x -> Double.NaN, "Logarithm of the gamma function's size.");
        rows.function("digamma", "_digamma({0})", x -> Double.NaN, "Logarithmic derivative of the gamma function.");
        rows.function(
                "i0",
                "libdevice.cyl_bessel_i0({0})",
                x -> x == 0 ? 1 : Double.NaN,
                "Modified Bessel function of order 0.");
        rows.in(Home.SPECIAL);
        rows.function("erfcx", "libdevice.erfcx({0})", x -> x == 0 ? 1 : Double.NaN, "exp(x * x) * erfc(x).");
        rows.function(
                "ndtr",
                "_ndtr({0})",
                x -> x == 0 ? 0.5 : Double.NaN,
                "Distribution function of the normal distribution.");
        rows.function("log_ndtr", "_log_ndtr({0})", x -> Double.NaN, "Its logarithm, exact for small x.");
        rows.function(
                "i1",
                "libdevice.cyl_bessel_i1({0})",
                x -> x == 0 ? 0 : Double.NaN,
                "Modified Bessel function of order 1.");
        rows.function(
                "bessel_j0",
                "libdevice.j0({0})",
                x -> x == 0 ? 1 : Double.NaN,
                "Bessel function of the first kind, order 0.");
        rows.function(
                "bessel_j1",
                "libdevice.j1({0})",
                x -> x == 0 ? 0 : Double.NaN,
                "Bessel function of the first kind, order 1.");
        rows.function(
                "bessel_y0", "libdevice.y0({0})", x -> Double.NaN, "Bessel function of the second kind, order 0.");
        rows.function(
                "bessel_y1", "libdevice.y1({0})", x -> Double.NaN, "Bessel function of the second kind, order 1.");
        rows.in(Home.TORCH);
    }
}
