package dev.perihelion.search.study;

import dev.perihelion.search.sim.Landscape;

/**
 * What random search without repetition finds in a recorded space, worked out rather than simulated: the expected best of
 * k rows drawn from all. A failed row counts as the slowest one.
 */
final class RandomBaseline {

    /** Of the way from the median to the best, where the baseline has to be when a comparison ends. */
    private static final double CUTOFF = 0.95;

    private final double[] expectedBestNanos;
    private final double bestNanos;
    private final double medianNanos;

    RandomBaseline(Landscape space) {
        double[] sorted = space.sortedNanos();
        int rows = space.size();
        double[] values = new double[rows];
        for (int i = 0; i < rows; i++) {
            values[i] = sorted[Math.min(i, sorted.length - 1)];
        }
        bestNanos = sorted[0];
        medianNanos = sorted[sorted.length / 2];
        expectedBestNanos = new double[rows + 1];
        expectedBestNanos[0] = values[rows - 1];
        for (int draws = 1; draws <= rows; draws++) {
            expectedBestNanos[draws] = expectedBest(values, draws);
        }
    }

    /** Sums value times the chance that it is the best of the draws, over the values from the best on. */
    private static double expectedBest(double[] values, int draws) {
        int rows = values.length;
        double noneBefore = 1;
        double expected = 0;
        for (int i = 0; i <= rows - draws; i++) {
            // Given that no better row was drawn, this one is among the draws with chance draws / rows left.
            double isBest = noneBefore * draws / (rows - i);
            expected += isBest * values[i];
            noneBefore -= isBest;
            if (noneBefore < 1e-12) {
                break;
            }
        }
        return expected;
    }

    double bestNanos() {
        return bestNanos;
    }

    double medianNanos() {
        return medianNanos;
    }

    /** The expected best latency after so many evaluations; between whole numbers on a straight line. */
    double nanosAfter(double evaluations) {
        int last = expectedBestNanos.length - 1;
        double clipped = Math.max(1, Math.min(last, evaluations));
        int below = (int) clipped;
        int above = Math.min(last, below + 1);
        return expectedBestNanos[below] + (clipped - below) * (expectedBestNanos[above] - expectedBestNanos[below]);
    }

    /** The evaluations after which the baseline has come 95 % of the way from the median to the best. */
    int cutoffEvaluations() {
        double wanted = medianNanos - CUTOFF * (medianNanos - bestNanos);
        for (int draws = 1; draws < expectedBestNanos.length; draws++) {
            if (expectedBestNanos[draws] <= wanted) {
                return draws;
            }
        }
        return expectedBestNanos.length - 1;
    }

    /** The expected evaluations until one of {@code good} rows is drawn. */
    static double expectedUntil(int good, int rows) {
        return (rows + 1.0) / (good + 1.0);
    }
}
