package dev.perihelion.executor;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a compilation may take, learnt for each family of jobs: the time that nine of ten of its latest compilations
 * needed, within bounds. A family whose jobs run into the limit raises it, since those that did count as endless. Safe for
 * use by many threads.
 */
final class CompileLimits {

    static final Duration SHORTEST = Duration.ofSeconds(5);

    /** So many must have been seen before the limit is less than the longest. */
    static final int ENOUGH = 20;

    private static final double SHARE = 0.9;
    private static final int REMEMBERED = 256;
    private static final int FAMILIES = 256;

    private final Duration longest;
    private final Map<String, Window> families = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > FAMILIES;
        }
    };

    /** The latest times, milliseconds. */
    private static final class Window {
        private final double[] millis = new double[REMEMBERED];
        private long count;

        void add(double value) {
            millis[(int) (count++ % REMEMBERED)] = value;
        }

        double quantile() {
            int filled = (int) Math.min(count, REMEMBERED);
            double[] sorted = Arrays.copyOf(millis, filled);
            Arrays.sort(sorted);
            return sorted[(int) Math.ceil(SHARE * filled) - 1];
        }
    }

    /** Limits of at most so long; the shortest is 5 s, or this where it is less. */
    CompileLimits(Duration longest) {
        this.longest = longest;
    }

    /** The limit for the next job of a family. */
    synchronized Duration limit(String family) {
        Window window = families.get(family);
        if (window == null || window.count < ENOUGH) {
            return longest;
        }
        double millis = Math.max(window.quantile(), (double) SHORTEST.toMillis());
        return millis < longest.toMillis() ? Duration.ofMillis((long) millis) : longest;
    }

    /** A job of a family was compiled, in so long. */
    synchronized void compiled(String family, double millis) {
        families.computeIfAbsent(family, name -> new Window()).add(millis);
    }

    /** A job of a family ran into its limit. */
    void timedOut(String family) {
        compiled(family, Double.POSITIVE_INFINITY);
    }
}
