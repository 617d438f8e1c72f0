package dev.perihelion.compiler.ops;

/** Circular and hyperbolic functions. */
final class Trigonometry {

    private Trigonometry() {}

    static void addTo(Rows rows) {
        rows.function("sin", "tl.sin({0})", Math::sin, "Sine.");
        rows.function("cos", "tl.cos({0})", Math::cos, "Cosine.");
        rows.function("tan", "libdevice.tan({0})", Math::tan, "Tangent.");
        rows.function("asin", "libdevice.asin({0})", Math::asin, "Inverse sine.");
        rows.function("acos", "libdevice.acos({0})", Math::acos, "Inverse cosine.");
        rows.function("atan", "libdevice.atan({0})", Math::atan, "Inverse tangent.");
        rows.function(
                "atan2",
                "input, other",
                "libdevice.atan2({0}, {1})",
                x -> Math.atan2(x[0], x[1]),
                "Angle of the point (y, x).");
        rows.function("sinh", "libdevice.sinh({0})", Math::sinh, "Hyperbolic sine.");
        rows.function("cosh", "libdevice.cosh({0})", Math::cosh, "Hyperbolic cosine.");
        rows.function("tanh", "libdevice.tanh({0})", Math::tanh, "Hyperbolic tangent.");
        rows.function("asinh", "libdevice.asinh({0})", x -> x == 0 ? 0 : Double.NaN, "Inverse hyperbolic sine.");
        rows.function("acosh", "libdevice.acosh({0})", x -> x == 1 ? 0 : Double.NaN, "Inverse hyperbolic cosine.");
        rows.function("atanh", "libdevice.atanh({0})", x -> x == 0 ? 0 : Double.NaN, "Inverse hyperbolic tangent.");
        rows.function("sinc", "_sinc({0})", x -> x == 0 ? 1 : Double.NaN, "sin(pi * x) / (pi * x), 1 at 0.");
        rows.function("deg2rad", "{0} * 0.017453292519943295", Math::toRadians, "Degrees to radians.");
        rows.function("rad2deg", "{0} * 57.29577951308232", Math::toDegrees, "Radians to degrees.");
    }
}
