package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.RandomForest;

/** How promising configurations are, as a model sees them. */
interface Promise {

    /** For each row how much trying it promises, at least 0; only how values compare to each other matters. */
    double[] of(double[][] rows);

    /** The model of speed, of which larger predictions are better. */
    RandomForest forest();

    /** Learns from trials, of which at least one has a latency. */
    interface Learner {
        Promise learn(Knowledge knowledge, long seed);
    }
}
