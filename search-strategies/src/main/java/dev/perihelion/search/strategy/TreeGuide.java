package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.RandomForest;
import dev.perihelion.search.space.Configuration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Moves that a single tree proposes. Trees disagree where little is known, so drawing one explores just there. */
final class TreeGuide {

    private TreeGuide() {}

    /** The parameters that the tree tests on the configuration's way from the root to its leaf, in this order. */
    static Set<Integer> tested(RandomForest forest, int tree, Features features, Configuration point) {
        Set<Integer> tested = new LinkedHashSet<>();
        for (int feature : forest.path(tree, features.of(point))) {
            for (int parameter : features.parametersOf(feature)) {
                tested.add(parameter);
            }
        }
        return tested;
    }

    /** The configuration with this parameter at the legal value within two steps for which the tree predicts most. */
    static Configuration bestValue(
            RandomForest forest,
            int tree,
            Features features,
            Moves moves,
            Configuration point,
            int parameter,
            RandomGenerator random) {
        Object[] values = features.values(point);
        Object old = values[parameter];
        List<Object> options = moves.near(parameter, old);
        double[] row = features.of(values);
        // The last one is the old value; options that are rated lower than it are of no use.
        double[] ratings = new double[options.size() + 1];
        long[] ties = new long[ratings.length];
        for (int i = ratings.length - 1; i >= 0; i--) {
            if (i < options.size()) {
                values[parameter] = options.get(i);
                features.update(row, values, parameter);
            }
            ratings[i] = forest.predictTree(tree, row);
            ties[i] = random.nextLong();
        }
        while (true) {
            int best = 0;
            for (int i = 1; i < ratings.length; i++) {
                if (ratings[i] > ratings[best] || ratings[i] == ratings[best] && ties[i] < ties[best]) {
                    best = i;
                }
            }
            if (best == options.size()) {
                return point;
            }
            Optional<Configuration> changed = moves.change(point, parameter, options.get(best));
            if (changed.isPresent()) {
                return changed.get();
            }
            ratings[best] = Double.NEGATIVE_INFINITY;
        }
    }
}
