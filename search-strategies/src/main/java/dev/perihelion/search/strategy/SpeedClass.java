package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.forest.RandomForest;
import java.util.Arrays;

/**
 * Promise as the probability of being among the fastest, where each of those counts by how much it gains (likelihood-free
 * Bayesian optimisation: Song et al., 2022, "A General Recipe for Likelihood-free Bayesian Optimization"). How many are
 * the fastest grows as the square root of the trials: a fixed share would soon hold hundreds, the slowest of which say
 * nothing of the best.
 */
final class SpeedClass implements Promise {

    private static final int FEWEST = 5;

    /** What a fast row weighs at least, as a share of the mean fast row's weight. */
    private static final double LEAST_WEIGHT = 0.2;

    /** Orders rows of which no tree thinks well. */
    private static final double FLOOR = 1e-6;

    private final RandomForest forest;
    private final Feasibility feasibility;

    private SpeedClass(RandomForest forest, Feasibility feasibility) {
        this.forest = forest;
        this.feasibility = feasibility;
    }

    static SpeedClass learn(Knowledge knowledge, ForestOptions options, long seed) {
        double[] logNanos = knowledge.workingLogNanos();
        double[] sorted = logNanos.clone();
        Arrays.sort(sorted);
        int fast = Math.min(sorted.length, Math.max(FEWEST, (int) Math.sqrt(sorted.length)));
        double slowestFast = sorted[fast - 1];
        double threshold = fast < sorted.length ? (slowestFast + sorted[fast]) / 2 : slowestFast;
        double meanGain = Arrays.stream(logNanos)
                .filter(value -> value <= slowestFast)
                .map(value -> threshold - value)
                .average()
                .orElse(0);
        double[] labels = new double[logNanos.length];
        double[] weights = new double[logNanos.length];
        for (int i = 0; i < logNanos.length; i++) {
            labels[i] = logNanos[i] <= slowestFast ? 1 : 0;
            double gain = meanGain > 0 ? (threshold - logNanos[i]) / meanGain : 1;
            weights[i] = labels[i] == 1 ? LEAST_WEIGHT + (1 - LEAST_WEIGHT) * gain : 1;
        }
        RandomForest forest = RandomForest.fitClassification(knowledge.workingRows(), labels, weights, options, seed);
        return new SpeedClass(forest, Feasibility.learn(knowledge, seed + 1));
    }

    @Override
    public double[] of(double[][] rows) {
        double[] promises = forest.predictAll(rows);
        for (int i = 0; i < promises.length; i++) {
            promises[i] += FLOOR;
        }
        feasibility.weigh(promises, rows);
        return promises;
    }

    @Override
    public RandomForest forest() {
        return forest;
    }
}
