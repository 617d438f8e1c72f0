package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.forest.RandomForest;
import java.util.Arrays;

/**
 * Promise as the expected improvement of the best latency (Jones, Schonlau and Welch, 1998), from a forest that predicts
 * the logarithm of the speed, with the trees' disagreement as its uncertainty (Hutter, Hoos and Leyton-Brown, 2011).
 */
final class ExpectedGain implements Promise {

    /** Trees that agree still do not know: no prediction is surer than this, as a standard deviation of the logarithm. */
    private static final double LEAST_DEVIATION = 1e-3;

    /** Orders rows from which nothing is expected by their predicted speed. */
    private static final double FLOOR = 1e-6;

    private final RandomForest forest;
    private final Feasibility feasibility;
    private final double best;

    private ExpectedGain(RandomForest forest, Feasibility feasibility, double best) {
        this.forest = forest;
        this.feasibility = feasibility;
        this.best = best;
    }

    static ExpectedGain learn(Knowledge knowledge, ForestOptions options, long seed) {
        double[] speeds =
                Arrays.stream(knowledge.workingLogNanos()).map(value -> -value).toArray();
        RandomForest forest = RandomForest.fitRegression(knowledge.workingRows(), speeds, options, seed);
        return new ExpectedGain(
                forest,
                Feasibility.learn(knowledge, seed + 1),
                Arrays.stream(speeds).max().orElse(0));
    }

    @Override
    public double[] of(double[][] rows) {
        double[] promises = new double[rows.length];
        double[] variances = new double[rows.length];
        forest.predictAll(rows, promises, variances);
        for (int i = 0; i < promises.length; i++) {
            double gain = promises[i] - best;
            promises[i] = expected(gain, Math.max(LEAST_DEVIATION, Math.sqrt(variances[i]))) + FLOOR * Math.exp(gain);
        }
        feasibility.weigh(promises, rows);
        return promises;
    }

    @Override
    public RandomForest forest() {
        return forest;
    }

    /** The mean of the positive part of a normal variable. */
    private static double expected(double mean, double deviation) {
        double z = mean / deviation;
        double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
        return Math.max(0, mean * normal(z, density) + deviation * density);
    }

    /** The normal distribution function, to 7.5e-8 (Abramowitz and Stegun, 1964, 26.2.17). */
    private static double normal(double z, double density) {
        double t = 1 / (1 + 0.2316419 * Math.abs(z));
        double series = 0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)));
        double tail = density * t * series;
        return z > 0 ? 1 - tail : tail;
    }
}
