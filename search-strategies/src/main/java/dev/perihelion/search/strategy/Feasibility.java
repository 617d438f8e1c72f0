package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.forest.RandomForest;
import java.util.Arrays;
import java.util.Optional;

/**
 * How probable it is that a configuration compiles, runs and is right, learnt from those that did and those that did not.
 * A model of its own: to the model of speed, a failure would only be one more slow configuration, and it would shun the
 * fast ones next to it.
 */
final class Feasibility {

    private static final ForestOptions OPTIONS =
            ForestOptions.standard().withTrees(25).withMinLeaf(2);

    /** Below this no probability goes: a forest is sure too soon. */
    private static final double FLOOR = 0.02;

    private final Optional<RandomForest> forest;

    private Feasibility(Optional<RandomForest> forest) {
        this.forest = forest;
    }

    static Feasibility learn(Knowledge knowledge, long seed) {
        if (!knowledge.hasFailures()) {
            return new Feasibility(Optional.empty());
        }
        double[] weights = new double[knowledge.rows().length];
        Arrays.fill(weights, 1);
        return new Feasibility(Optional.of(
                RandomForest.fitClassification(knowledge.rows(), knowledge.worksLabels(), weights, OPTIONS, seed)));
    }

    /** Multiplies each row's promise by the probability that it works. */
    void weigh(double[] promises, double[][] rows) {
        if (forest.isPresent()) {
            double[] works = forest.get().predictAll(rows);
            for (int i = 0; i < promises.length; i++) {
                promises[i] *= Math.max(FLOOR, works[i]);
            }
        }
    }
}
