package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.RandomForest;
import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Moves that a single tree proposes. Trees disagree where little is known, so drawing one explores just there. */
final class TreeGuide {

    private TreeGuide() {}

    private record Rated(Object value, double rating, long tie) {}

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
        List<Rated> rated = new ArrayList<>();
        rated.add(new Rated(old, forest.predictTree(tree, features.of(values)), random.nextLong()));
        for (Object option : moves.near(parameter, old)) {
            values[parameter] = option;
            rated.add(new Rated(option, forest.predictTree(tree, features.of(values)), random.nextLong()));
        }
        rated.sort(Comparator.comparingDouble(Rated::rating).reversed().thenComparingLong(Rated::tie));
        for (Rated one : rated) {
            if (Objects.equals(one.value(), old)) {
                return point;
            }
            Optional<Configuration> changed = moves.change(point, parameter, one.value());
            if (changed.isPresent()) {
                return changed.get();
            }
        }
        return point;
    }
}
