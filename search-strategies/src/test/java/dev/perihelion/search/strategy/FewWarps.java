package dev.perihelion.search.strategy;

import static dev.perihelion.search.space.ParameterName.scalar;

import dev.perihelion.search.space.Configuration;

/** A target on which more than two warps cannot run; half a millisecond to compile each warp. */
final class FewWarps implements CostModel {

    @Override
    public double compileMillis(Configuration configuration) {
        return 0.5 * configuration.getLong(scalar("num_warps"));
    }

    @Override
    public boolean mayRun(Configuration configuration) {
        return configuration.getLong(scalar("num_warps")) <= 2;
    }
}
