package dev.perihelion.sweep.run;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What one task's search has brought lately, and so what more of it may bring. Searches bring less and less, so what the later
 * half of the time brought, divided by that time, is about what the next seconds will bring; and a little more may always come.
 */
final class Payoff {

    /** Gains below this are noise. It is also what any search may still bring, so that none is forgotten. */
    static final double NOISE = 0.01;

    /** A search has converged when this many trials, and half of all, brought nothing. */
    private static final long LEAST_IDLE_TRIALS = 150;

    private record Point(double seconds, double nanos) {}

    private final List<Point> incumbents = new ArrayList<>();
    private double yardstickNanos = Double.NaN;
    private long toldAtGain;

    /**
     * Looks at the search.
     *
     * @param told trials so far
     * @param bestNanos the incumbent's latency
     * @param seconds of its part of the machine that the search has used
     */
    void look(long told, OptionalDouble bestNanos, double seconds) {
        if (bestNanos.isEmpty()) {
            toldAtGain = told;
            return;
        }
        double best = bestNanos.getAsDouble();
        if (incumbents.isEmpty() || best < incumbents.get(incumbents.size() - 1).nanos()) {
            incumbents.add(new Point(seconds, best));
        }
        if (Double.isNaN(yardstickNanos) || best < yardstickNanos * (1 - NOISE)) {
            yardstickNanos = best;
            toldAtGain = told;
        }
    }

    /** Expected gain in a second of the machine, as a logarithm of latencies, if the search has used so many. */
    double perSecond(double seconds) {
        double half = Math.max(seconds, 0.1) / 2;
        return (gainSince(half) + NOISE) / half;
    }

    private double gainSince(double seconds) {
        if (incumbents.isEmpty()) {
            return 0;
        }
        double then = incumbents.get(0).nanos();
        for (Point point : incumbents) {
            if (point.seconds() <= seconds) {
                then = point.nanos();
            }
        }
        return Math.log(then / incumbents.get(incumbents.size() - 1).nanos());
    }

    /** Whether more trials are not worth their time: the last ones brought no gain beyond noise. */
    boolean hasConverged(long told) {
        return !Double.isNaN(yardstickNanos)
                && told - toldAtGain >= LEAST_IDLE_TRIALS
                && 2 * (told - toldAtGain) >= told;
    }
}
