package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Changes of single parameters, the same for all model-based strategies. */
final class Moves {

    private final SearchSpace space;
    private final Map<Integer, Map<Object, List<Object>>> cache = new HashMap<>();

    Moves(SearchSpace space) {
        this.space = space;
    }

    /** The values at most two steps from this one, itself not among them; of choices without an order, all others. */
    List<Object> near(int parameter, Object value) {
        return cache.computeIfAbsent(parameter, p -> new HashMap<>()).computeIfAbsent(value, v -> {
            Parameter p = space.parameters().get(parameter);
            Set<Object> near = new LinkedHashSet<>(space.neighbourValues(p, v));
            if (p.isOrdered()) {
                List.copyOf(near).forEach(step -> near.addAll(space.neighbourValues(p, step)));
            }
            near.remove(v);
            return new ArrayList<>(near);
        });
    }

    /** The configuration with one value changed, others going neutral where they must; empty where that is not legal. */
    Optional<Configuration> change(Configuration configuration, int parameter, Object value) {
        return space.change(configuration, space.parameters().get(parameter), value);
    }

    /** A random legal change of this parameter by up to two steps; the configuration itself where there is none. */
    Configuration wander(Configuration configuration, int parameter, RandomGenerator random) {
        List<Object> values = near(
                parameter, configuration.get(space.parameters().get(parameter).name()));
        for (int tries = 0; tries < 4 && !values.isEmpty(); tries++) {
            Optional<Configuration> changed =
                    change(configuration, parameter, values.get(random.nextInt(values.size())));
            if (changed.isPresent()) {
                return changed.get();
            }
        }
        return configuration;
    }
}
