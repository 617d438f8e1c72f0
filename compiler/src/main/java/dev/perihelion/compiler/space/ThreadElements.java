package dev.perihelion.compiler.space;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.ParameterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A thread does not hold, or unroll, too many elements of one value. Such programs spill most of what they hold, and the
 * compilers take minutes over them: the peers' 60-second compiles are of this kind.
 *
 * @param tile the value
 * @param unroll the unroll factor of a loop that makes the value, if one is meant
 * @param threadsPerWarp 32 on CUDA, 64 on AMD
 * @param limit elements per thread, unrolled copies counted
 */
record ThreadElements(TileElements tile, Optional<ParameterName> unroll, int threadsPerWarp, double limit)
        implements Constraint {

    @Override
    public List<ParameterName> parameters() {
        List<ParameterName> names = new ArrayList<>(tile.parameters());
        names.add(Keys.NUM_WARPS);
        unroll.ifPresent(names::add);
        return names;
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        double perThread = perThread(configuration);
        return perThread <= limit
                ? Optional.empty()
                : Optional.of("A thread would hold " + (long) perThread + " elements of a block of shape "
                        + tile.shape() + ", more than " + (long) limit + "; take smaller blocks or more warps.");
    }

    double perThread(Configuration configuration) {
        long copies =
                unroll.map(name -> Math.max(1, configuration.getLong(name))).orElse(1L);
        return tile.elements(configuration) * copies / (threadsPerWarp * configuration.getLong(Keys.NUM_WARPS));
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Map.of();
    }
}
