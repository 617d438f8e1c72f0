package dev.perihelion.compiler.ops;

import static dev.perihelion.compiler.ops.PointwiseOp.Compute.NATIVE;
import static dev.perihelion.compiler.ops.PointwiseOp.Typing.ARITHMETIC;

import dev.perihelion.compiler.ops.PointwiseOp.Home;

/** Activation functions, as in torch.nn.functional. */
final class Activations {

    private Activations() {}

    static void addTo(Rows rows) {
        rows.unary("relu", ARITHMETIC, NATIVE, "_relu({0})", x -> Math.max(x, 0), "max(x, 0).");
        rows.in(Home.FUNCTIONAL);
        rows.unary(
                "relu6",
                ARITHMETIC,
                NATIVE,
                "_clamp({0}, 0, 6)",
                x -> Math.min(Math.max(x, 0), 6),
                "x between 0 and 6.");
        rows.row(
                "hardtanh",
                "input, min_val=-1, max_val=1",
                ARITHMETIC,
                NATIVE,
                "_clamp({0}, {1}, {2})",
                x -> Math.min(Math.max(x[0], x[1]), x[2]),
                "x between two bounds.");
        rows.row(
                "threshold",
                "input, threshold, value",
                ARITHMETIC,
                NATIVE,
                "tl.where({0} <= {1}, {2}, {0})",
                x -> x[0] <= x[1] ? x[2] : x[0],
                "`value` where x is not above the threshold.");
        rows.function(
                "leaky_relu",
                "input, negative_slope=0.01",
                "tl.where({0} > 0, {0}, {0} * {1})",
                x -> x[0] > 0 ? x[0] : x[0] * x[1],
                "x, below zero times the slope.");
        rows.function(
                "elu",
                "input, alpha=1.0",
                "tl.where({0} > 0, {0}, {1} * libdevice.expm1({0}))",
                x -> x[0] > 0 ? x[0] : x[1] * Math.expm1(x[0]),
                "x, below zero alpha * (exp(x) - 1).");
        rows.function(
                "celu",
                "input, alpha=1.0",
                "tl.where({0} > 0, {0}, {1} * libdevice.expm1({0} / {1}))",
                x -> x[0] > 0 ? x[0] : x[1] * Math.expm1(x[0] / x[1]),
                "x, below zero alpha * (exp(x / alpha) - 1).");
        rows.function("selu", "_selu({0})", x -> x == 0 ? 0 : Double.NaN, "Scaled elu with fixed constants.");
        rows.function(
                "gelu",
                "_gelu({0})",
                x -> x == 0 ? 0 : Double.NaN,
                "x times the normal distribution function; `approximate=\"tanh\"` as in torch.");
        rows.function("silu", "{0} / (1.0 + tl.exp(-{0}))", x -> x / (1 + Math.exp(-x)), "x * sigmoid(x).");
        rows.function(
                "mish",
                "{0} * libdevice.tanh(libdevice.log1p(libdevice.exp({0})))",
                x -> x * Math.tanh(Math.log1p(Math.exp(x))),
                "x * tanh(softplus(x)).");
        rows.function(
                "hardswish",
                "{0} * _clamp({0} + 3.0, 0, 6) * 0.16666666666666666",
                x -> x == 0 ? 0 : Double.NaN,
                "x * relu6(x + 3) / 6.");
        rows.function(
                "hardsigmoid",
                "_clamp({0} + 3.0, 0, 6) * 0.16666666666666666",
                x -> x == 0 ? 0.5 : Double.NaN,
                "relu6(x + 3) / 6.");
        rows.function(
                "softplus",
                "input, beta=1.0, threshold=20.0",
                "_softplus({0}, {1}, {2})",
                x -> Double.NaN,
                "log(1 + exp(beta * x)) / beta; x where beta * x is above the threshold.");
        rows.function("softsign", "{0} / (1.0 + tl.abs({0}))", x -> x / (1 + Math.abs(x)), "x / (1 + |x|).");
        rows.function("tanhshrink", "{0} - libdevice.tanh({0})", x -> x - Math.tanh(x), "x - tanh(x).");
        rows.function(
                "softshrink",
                "input, lambd=0.5",
                "_softshrink({0}, {1})",
                x -> x[0] == 0 ? 0 : Double.NaN,
                "x moved toward 0 by lambd.");
        rows.function(
                "hardshrink",
                "input, lambd=0.5",
                "_hardshrink({0}, {1})",
                x -> Math.abs(x[0]) <= x[1] ? 0 : x[0],
                "0 where |x| is at most lambd.");
        rows.function("logsigmoid", "_logsigmoid({0})", x -> Double.NaN, "log(sigmoid(x)) without overflow.");
        rows.in(Home.TORCH);
    }
}
