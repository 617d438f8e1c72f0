package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.ParameterName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Allows everything and counts how often it is asked: the work of a strategy, in a unit without a clock. */
final class CountingConstraint implements Constraint {

    private long checks;

    long checks() {
        return checks;
    }

    @Override
    public List<ParameterName> parameters() {
        return List.of();
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        checks++;
        return Optional.empty();
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Map.of();
    }
}
