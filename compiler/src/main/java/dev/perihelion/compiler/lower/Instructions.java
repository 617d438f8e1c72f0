package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ops.PointwiseOp;

/**
 * About how many instructions an elementwise operation takes a lane, in units of a float32 addition. From the table of
 * arithmetic throughput in the CUDA C++ Programming Guide: special functions go at an eighth of the rate of additions, and a
 * division is a reciprocal and its corrections. Functions of libdevice are a handful of these.
 */
final class Instructions {

    private static final double SPECIAL = 4;
    private static final double DIVISION = 8;
    private static final double LIBRARY = 24;

    private Instructions() {}

    static double of(PointwiseOp op) {
        String template = op.template();
        double sum = 0;
        for (int at = 0; at < template.length(); at++) {
            char character = template.charAt(at);
            if (character == '/') {
                sum += DIVISION;
            } else if ("+-*<>&|^".indexOf(character) >= 0) {
                sum += 1;
            } else if (character == '.'
                    && at >= 2
                    && template.charAt(at - 1) == 'l'
                    && template.charAt(at - 2) == 't') {
                sum += isCheap(template, at + 1) ? 1 : SPECIAL;
            } else if (template.startsWith("libdevice.", at)) {
                sum += template.startsWith("exp(", at + "libdevice.".length()) ? DIVISION : LIBRARY;
            }
        }
        return Math.max(1, sum);
    }

    /** Whether a function of Triton's language is one instruction. */
    private static boolean isCheap(String template, int at) {
        return template.startsWith("where", at)
                || template.startsWith("abs", at)
                || template.startsWith("max", at)
                || template.startsWith("min", at)
                || template.startsWith("fma", at)
                || template.startsWith("cast", at)
                || template.startsWith("float", at)
                || template.startsWith("int", at);
    }
}
