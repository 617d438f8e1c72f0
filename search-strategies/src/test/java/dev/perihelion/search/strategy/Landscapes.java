package dev.perihelion.search.strategy;

import static dev.perihelion.search.space.ParameterName.element;
import static dev.perihelion.search.space.ParameterName.scalar;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.TrialResult;

/** Made-up objectives over {@link Spaces#everyKind()}; deterministic, with known optima. */
final class Landscapes {

    /** The latency at the best point of {@link #bowl}. */
    static final double BOWL_OPTIMUM_NANOS = 1000;

    private Landscapes() {}

    /** One valley: every parameter has a best value, at which the others do not matter. */
    static TrialResult bowl(Configuration configuration) {
        double distance = Math.abs(log2(configuration, element("block_sizes", 0)) - 7)
                + Math.abs(log2(configuration, element("block_sizes", 1)) - 6)
                + Math.abs(log2(configuration, element("block_sizes", 2)) - 6)
                + Math.abs(log2(configuration, scalar("num_warps")) - 3)
                + Math.abs(configuration.getLong(scalar("num_stages")) - 3)
                + (Boolean.TRUE.equals(configuration.get(element("range_flattens", 0))) ? 0 : 1)
                + ("persistent_blocked".equals(configuration.get(scalar("pid_type"))) ? 0 : 1);
        return TrialResult.measured(BOWL_OPTIMUM_NANOS * (1 + distance / 4));
    }

    /** {@link #bowl} with a fault for many warps and for large tiles. */
    static TrialResult bowlWithFailures(Configuration configuration) {
        if (configuration.getLong(scalar("num_warps")) == 32) {
            return TrialResult.failed(Outcome.LAUNCH_ERROR, "too many threads");
        }
        if (configuration.getLong(element("block_sizes", 0)) >= 512) {
            return TrialResult.failed(Outcome.OUT_OF_RESOURCES, "shared memory");
        }
        return bowl(configuration);
    }

    private static double log2(Configuration configuration, ParameterName name) {
        return Long.numberOfTrailingZeros(configuration.getLong(name));
    }
}
