package dev.perihelion.compiler.frontend;

/** Arithmetic on extents. */
public final class Sizes {

    private Sizes() {}

    /** The smallest power of two that is at least {@code size}, and at least 1. */
    public static long nextPowerOfTwo(long size) {
        return size <= 1 ? 1 : Long.highestOneBit(size - 1) << 1;
    }

    /** The largest power of two that is at most {@code size}, which is at least 1. */
    public static long floorPowerOfTwo(long size) {
        return Long.highestOneBit(Math.max(1, size));
    }

    /** Division rounded up. */
    public static long ceilDivide(long dividend, long divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }
}
