package dev.perihelion.compiler.space;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.ParameterName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A block is so long that the parts that the kernel takes of it are not empty.
 *
 * @param block its length
 * @param least the shortest one
 */
record LongEnough(ParameterName block, long least) implements Constraint {

    @Override
    public List<ParameterName> parameters() {
        return List.of(block);
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        long given = configuration.getLong(block);
        return given >= least
                ? Optional.empty()
                : Optional.of("`" + block + "` is " + given + ", but the kernel divides it by more: it needs " + least
                        + " or more.");
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Map.of(block, least);
    }
}
