package dev.perihelion.compiler.ops;

import dev.perihelion.compiler.ops.PointwiseOp.Home;

/** Exponentials and logarithms. */
final class Exponentials {

    private Exponentials() {}

    static void addTo(Rows rows) {
        rows.function("exp", "libdevice.exp({0})", Math::exp, "e to the power of x.");
        rows.function("exp2", "tl.exp2({0})", x -> Math.pow(2, x), "2 to the power of x.");
        rows.function("expm1", "libdevice.expm1({0})", Math::expm1, "exp(x) - 1, exact near 0.");
        rows.function("log", "tl.log({0})", Math::log, "Natural logarithm.");
        rows.function("log2", "tl.log2({0})", x -> Math.log(x) / Math.log(2), "Logarithm to base 2.");
        rows.function("log10", "libdevice.log10({0})", Math::log10, "Logarithm to base 10.");
        rows.function("log1p", "libdevice.log1p({0})", Math::log1p, "log(1 + x), exact near 0.");
        rows.function(
                "ldexp",
                "input, other",
                "{0} * tl.exp2({1})",
                x -> x[0] * Math.pow(2, x[1]),
                "x times 2 to the power of y.");
        rows.function(
                "logaddexp",
                "input, other",
                "_logaddexp({0}, {1})",
                x -> Double.NaN,
                "log(exp(x) + exp(y)) without overflow.");
        rows.function("logaddexp2", "input, other", "_logaddexp2({0}, {1})", x -> Double.NaN, "The same to base 2.");
        rows.function("xlogy", "input, other", "_xlogy({0}, {1})", x -> Double.NaN, "x * log(y), 0 where x is.");
        rows.in(Home.SPECIAL);
        rows.function("xlog1py", "input, other", "_xlog1py({0}, {1})", x -> Double.NaN, "x * log1p(y), 0 where x is.");
        rows.function("entr", "_entr({0})", x -> x == 0 ? 0 : Double.NaN, "-x * log(x).");
        rows.in(Home.TORCH);
        rows.function("sigmoid", "1.0 / (1.0 + tl.exp(-{0}))", x -> 1 / (1 + Math.exp(-x)), "Logistic function.");
        rows.function(
                "logit",
                "_logit({0})",
                x -> x == 0.5 ? 0 : Double.NaN,
                "log(x / (1 - x)); `eps` keeps x off the ends.");
    }
}
