package dev.perihelion.sweep.truth;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Intervals of medians by resampling (percentile bootstrap; Efron, 1979, "Bootstrap methods: another look at the jackknife").
 * Nothing is supposed of the noise but that rounds are alike.
 */
public final class Bootstrap {

    private static final int RESAMPLES = 2000;
    private static final double OUTSIDE_EACH_SIDE = 0.025;

    private Bootstrap() {}

    /**
     * The median of values and its 95 % interval.
     *
     * @param values at least one
     * @param seed of the resampling; equal seeds give equal intervals
     */
    public static Interval ofMedian(double[] values, long seed) {
        if (values.length == 0) {
            throw new IllegalArgumentException("There is no median of no values.");
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double[] medians = new double[RESAMPLES];
        int[] times = new int[sorted.length];
        for (int i = 0; i < RESAMPLES; i++) {
            Arrays.fill(times, 0);
            for (int j = 0; j < sorted.length; j++) {
                times[random.nextInt(sorted.length)]++;
            }
            medians[i] = medianOfDrawn(sorted, times);
        }
        Arrays.sort(medians);
        int outside = (int) (RESAMPLES * OUTSIDE_EACH_SIDE);
        return new Interval(median(sorted), medians[outside], medians[RESAMPLES - 1 - outside]);
    }

    /**
     * The median of the ratios of two lanes that were timed in turns, and its interval. What changes both lanes alike from round
     * to round, as the clock, cancels.
     *
     * @param lane nanoseconds by round
     * @param base nanoseconds by round; rounds that only one of the two has are left out
     * @param seed of the resampling
     */
    public static Interval ofPairedRatio(double[] lane, double[] base, long seed) {
        double[] ratios = new double[Math.min(lane.length, base.length)];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = lane[i] / base[i];
        }
        return ofMedian(ratios, seed);
    }

    /**
     * How far two copies of one program seem to differ, as a fraction: what is nearer to each other than this may be equal.
     *
     * @param control nanoseconds of the second copy by round
     * @param original nanoseconds of the first
     * @param seed of the resampling
     */
    public static double noiseFloor(double[] control, double[] original, long seed) {
        Interval ratio = ofPairedRatio(control, original, seed);
        return Math.max(Math.abs(ratio.median() - 1), ratio.halfWidth());
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median of as many values as there are, each as often as it was drawn. */
    private static double medianOfDrawn(double[] sorted, int[] times) {
        int lowerPlace = (sorted.length - 1) / 2;
        int upperPlace = sorted.length / 2;
        int passed = 0;
        int i = -1;
        while (passed <= lowerPlace) {
            passed += times[++i];
        }
        double lower = sorted[i];
        while (passed <= upperPlace) {
            passed += times[++i];
        }
        return (lower + sorted[i]) / 2;
    }
}
