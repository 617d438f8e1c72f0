package dev.perihelion.search.space;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes configurations legal whose single values are right: first the constraints' own remedies, then steps of the
 * parameters involved toward the default, which is always legal.
 */
final class Repair {

    /** Each round walks one step; a space needs far fewer, and a search must never hang on odd constraints. */
    private static final int MAX_ROUNDS = 1000;

    private final SearchSpace space;

    Repair(SearchSpace space) {
        this.space = space;
    }

    /** Applies the remedies of broken constraints, in the constraints' order, until none has one left. */
    Configuration settle(Configuration configuration) {
        List<Constraint> constraints = space.constraints();
        Configuration current = configuration;
        for (int pass = 0; pass <= constraints.size(); pass++) {
            Configuration before = current;
            for (Constraint constraint : constraints) {
                if (!constraint.allows(current)) {
                    current = apply(constraint.remedy(current), current);
                }
            }
            if (current.equals(before)) {
                break;
            }
        }
        return current;
    }

    /** A legal configuration near the given one. */
    Configuration repair(Configuration configuration) {
        Configuration current = configuration;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            current = settle(current);
            Optional<Constraint> broken = firstBroken(current);
            if (broken.isEmpty()) {
                return current;
            }
            Optional<Configuration> next = walk(broken.get(), current);
            if (next.isEmpty()) {
                break;
            }
            current = next.get();
        }
        return space.defaultConfiguration();
    }

    private Configuration apply(Map<ParameterName, Object> remedy, Configuration configuration) {
        Configuration changed = configuration;
        for (Map.Entry<ParameterName, Object> change : remedy.entrySet()) {
            if (!space.parameter(change.getKey()).contains(change.getValue())) {
                return configuration;
            }
            changed = changed.with(change.getKey(), change.getValue());
        }
        return changed;
    }

    private Optional<Constraint> firstBroken(Configuration configuration) {
        return space.constraints().stream()
                .filter(constraint -> !constraint.allows(configuration))
                .findFirst();
    }

    /** One step of the involved parameter that is farthest from its default. */
    private Optional<Configuration> walk(Constraint broken, Configuration configuration) {
        Parameter farthest = null;
        int farthestSteps = 0;
        for (ParameterName name : broken.parameters()) {
            Parameter parameter = space.parameter(name);
            int steps = stepsToDefault(parameter, configuration.get(name));
            if (steps > farthestSteps) {
                farthest = parameter;
                farthestSteps = steps;
            }
        }
        if (farthest == null) {
            return Optional.empty();
        }
        Object value = configuration.get(farthest.name());
        return Optional.of(configuration.with(farthest.name(), towardDefault(farthest, value)));
    }

    private static int stepsToDefault(Parameter parameter, Object value) {
        int steps = 0;
        for (Object at = value; !Objects.equals(at, parameter.defaultValue()) && steps < MAX_ROUNDS; steps++) {
            at = towardDefault(parameter, at);
        }
        return steps;
    }

    private static Object towardDefault(Parameter parameter, Object value) {
        Object target = parameter.defaultValue();
        List<Object> neighbours = parameter.neighbours(value);
        if (target instanceof Long goal && !neighbours.contains(target)) {
            for (Object neighbour : neighbours) {
                if (Math.abs((Long) neighbour - goal) < Math.abs((Long) value - goal)) {
                    return neighbour;
                }
            }
        }
        return target;
    }
}
