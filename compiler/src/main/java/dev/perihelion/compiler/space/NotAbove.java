package dev.perihelion.compiler.space;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.ParameterName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tiles of a loop over another loop's tile are not longer than that tile.
 *
 * @param inner the block size of the inner loop
 * @param outer the block size of the loop whose tile it goes over
 */
record NotAbove(ParameterName inner, ParameterName outer) implements Constraint {

    @Override
    public List<ParameterName> parameters() {
        return List.of(inner, outer);
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        long own = configuration.getLong(inner);
        long bound = configuration.getLong(outer);
        return own <= bound
                ? Optional.empty()
                : Optional.of("`" + inner + "` is " + own + ", more than the " + bound + " of `" + outer
                        + "`, whose tile the loop goes over.");
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Map.of(inner, configuration.getLong(outer));
    }
}
