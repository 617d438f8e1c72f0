package dev.perihelion.compiler.lower;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Device helpers that modules carry with them: only those that a module uses. */
final class Prelude {

    private static final Map<String, String> HELPERS = new LinkedHashMap<>();

    static {
        helper("_maximum", "a, b", "return tl.maximum(a, b, propagate_nan=tl.PropagateNan.ALL)");
        helper("_minimum", "a, b", "return tl.minimum(a, b, propagate_nan=tl.PropagateNan.ALL)");
        helper("_multiply", "a, b", "return a * b");
        helper("_max", "x, axis: tl.constexpr", "return tl.reduce(x, axis, _maximum)");
        helper("_min", "x, axis: tl.constexpr", "return tl.reduce(x, axis, _minimum)");
        helper("_prod", "x, axis: tl.constexpr", "return tl.reduce(x, axis, _multiply)");
        helper("_relu", "x", "return tl.where((x > 0) | (x != x), x, tl.zeros_like(x))");
        helper("_logical_not", "x", "return x == 0");
        helper(
                "_floor_divide",
                "a, b",
                "if a.dtype.is_floating():",
                "    return tl.floor(a / b)",
                "else:",
                "    quotient = a // b",
                "    return quotient - ((a - quotient * b != 0) & ((a < 0) != (b < 0))).to(quotient.dtype)");
        helper(
                "_remainder",
                "a, b",
                "if a.dtype.is_floating():",
                "    return a - tl.floor(a / b) * b",
                "else:",
                "    rest = a % b",
                "    return rest + tl.where((rest != 0) & ((rest < 0) != (b < 0)), b, 0).to(rest.dtype)");
        helper(
                "_power",
                "a, b",
                "b = tl.zeros_like(a) + b",
                "size = tl.exp2(b * tl.log2(tl.abs(a)))",
                "whole = tl.floor(b) == b",
                "odd = b - 2.0 * tl.floor(b * 0.5) != 0",
                "negative = tl.where(whole, tl.where(odd, -size, size), float('nan'))",
                "return tl.where(b == 0, 1.0, tl.where(a < 0, negative, size))");
        helper(
                "_pow",
                "a, b",
                "if a.dtype.is_floating():",
                "    return _power(a, b)",
                "else:",
                "    return _round(_power(tl.cast(a, tl.float64), tl.cast(b, tl.float64))).to(a.dtype)");
        helper("_sqrt", "x", "return tl.sqrt_rn(x.to(tl.float32)).to(x.dtype)");
        helper(
                "_tanh",
                "x",
                "decay = tl.exp(-2.0 * tl.abs(x))",
                "large = (1.0 - decay) / (1.0 + decay)",
                "square = x * x",
                "small = tl.abs(x) * (1.0 - square * (0.3333333333333333 - square * 0.13333333333333333))",
                "magnitude = tl.where(tl.abs(x) < 0.05, small, large)",
                "return tl.where(x < 0, -magnitude, magnitude)");
        helper(
                "_expm1",
                "x",
                "small = x * (1.0 + x * (0.5 + x * (0.16666666666666666 + x * 0.041666666666666664)))",
                "return tl.where(tl.abs(x) < 0.05, small, tl.exp(x) - 1.0)");
        helper(
                "_log1p",
                "x",
                "small = x * (1.0 - x * (0.5 - x * (0.3333333333333333 - x * 0.25)))",
                "return tl.where(tl.abs(x) < 0.01, small, tl.log(1.0 + x))");
        helper(
                "_sinh",
                "x",
                "square = x * x",
                "small = x * (1.0 + square * (0.16666666666666666 + square * 0.008333333333333333))",
                "return tl.where(tl.abs(x) < 0.1, small, (tl.exp(x) - tl.exp(-x)) * 0.5)");
        helper("_trunc", "x", "return tl.where(x < 0, tl.ceil(x), tl.floor(x))");
        helper(
                "_round",
                "x",
                "down = tl.floor(x)",
                "rest = x - down",
                "odd = (down - 2.0 * tl.floor(down * 0.5)) != 0",
                "return tl.where((rest > 0.5) | ((rest == 0.5) & odd), down + 1.0, down)");
        helper("_sign", "x", "return tl.where(x > 0, 1, tl.where(x < 0, -1, x)).to(x.dtype)");
    }

    static {
        // Counts arrivals of all programs; the launch is cooperative, so that all of them run at once.
        helper(
                "_grid_barrier",
                "count, phase: tl.constexpr",
                "tl.debug_barrier()",
                "arrived = tl.atomic_add(count, 1, sem='acq_rel') + 1",
                "while arrived < phase * tl.num_programs(0):",
                "    arrived = tl.atomic_add(count, 0, sem='acquire')",
                "tl.debug_barrier()");
    }

    static {
        // Programs go round the dies; the first of them get one program more where they cannot have as many each.
        helper(
                "_chiplet_order",
                "pid, total, dies: tl.constexpr",
                "die = pid % dies",
                "each = total // dies",
                "return die * each + tl.minimum(die, total % dies) + pid // dies");
    }

    private Prelude() {}

    /** The helpers that a text calls, and those they call themselves, in a fixed order. */
    static String of(String text) {
        Set<String> used = new LinkedHashSet<>();
        need(text, used);
        StringBuilder prelude = new StringBuilder();
        HELPERS.forEach((name, source) -> {
            if (used.contains(name)) {
                prelude.append(source).append("\n\n");
            }
        });
        return prelude.toString();
    }

    private static void need(String text, Set<String> used) {
        HELPERS.forEach((name, source) -> {
            boolean named = text.contains(name + "(") || text.contains(", " + name + ")");
            if (named && used.add(name)) {
                need(source, used);
            }
        });
    }

    private static void helper(String name, String parameters, String... body) {
        StringBuilder source = new StringBuilder("@triton.jit\ndef " + name + "(" + parameters + "):\n");
        for (String line : body) {
            source.append("    ").append(line).append('\n');
        }
        HELPERS.put(name, source.toString());
    }
}
