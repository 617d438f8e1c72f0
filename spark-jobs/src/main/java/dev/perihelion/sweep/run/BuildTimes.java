package dev.perihelion.sweep.run;

import java.util.Arrays;

/** How long the last compilations took, waiting included, and so which are slow. */
final class BuildTimes {

    private static final int KEPT = 64;
    private static final long AT_LEAST_NANOS = 1_000_000_000L;
    private static final int TIMES_MEDIAN = 2;

    private final long[] nanos = new long[KEPT];
    private int count;

    void add(long took) {
        nanos[count++ % KEPT] = took;
    }

    /** One that takes longer than this is slow: twice the median, and a second at least. */
    long slowNanos() {
        if (count == 0) {
            return Long.MAX_VALUE / 2;
        }
        long[] known = Arrays.copyOf(nanos, Math.min(count, KEPT));
        Arrays.sort(known);
        return Math.max(AT_LEAST_NANOS, TIMES_MEDIAN * known[known.length / 2]);
    }
}
