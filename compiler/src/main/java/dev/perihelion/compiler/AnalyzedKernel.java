package dev.perihelion.compiler;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.List;

/** A kernel that was parsed and typed for one set of arguments and one target. Immutable; safe for many threads. */
public interface AnalyzedKernel {

    /** The function's name. */
    String kernelName();

    /** What it was analysed for. */
    Target target();

    /** Every parameter of the kernel in order, those with defaults included. */
    Arguments arguments();

    /** The derived space; its default is the configuration to start from. */
    SearchSpace space();

    /** Configurations worth trying before a search, the most promising first; legal, and not the default. */
    List<Configuration> seeds();

    /** The configurations that the kernel's decorator names and that are of this space, normalised, in its order. */
    List<Configuration> userConfigurations();

    /**
     * How many values its longest sum, product or other fold takes in, at least 1: what rounding errors grow with, and so
     * what the tolerance of a check depends on.
     */
    double reductionLength();

    /**
     * Fills in missing keys, accepts the singular spellings, clamps what may be clamped.
     *
     * @throws InvalidConfigurationException for unknown keys, wrong types and values that cannot be
     */
    Configuration normalize(Configuration configuration);

    /**
     * The module for a configuration, which is normalised first.
     *
     * @throws InvalidConfigurationException as {@link #normalize}
     */
    GeneratedModule generate(Configuration configuration);

    /**
     * What a configuration's program will need, and whether the target has it.
     *
     * @throws InvalidConfigurationException as {@link #normalize}
     */
    default Feasibility feasibility(Configuration configuration) {
        return generate(configuration).feasibility();
    }
}
