package dev.perihelion.sweep.fake;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Feasibility;
import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.WorkEstimate;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.search.space.BooleanParameter;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.sweep.Hashes;
import dev.perihelion.sweep.TuningTask;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A kernel of 112 configurations, whose key {@code unused} changes nothing in the program. One that is named {@link #WIDE} has
 * many times more, all of different programs.
 */
public final class FakeKernel implements AnalyzedKernel {

    public static final ParameterName BLOCK = ParameterName.element("block_sizes", 0);
    public static final ParameterName WARPS = ParameterName.scalar("num_warps");
    public static final ParameterName STAGES = ParameterName.scalar("num_stages");
    public static final ParameterName UNUSED = ParameterName.scalar("unused");

    public static final String WIDE = "wide";

    /** None of this kernel's configurations can be lowered. */
    public static final String BROKEN = "broken";

    private static final List<Parameter> PARAMETERS = List.of(
            new PowerOfTwoParameter(BLOCK, 16, 1024, 128),
            new PowerOfTwoParameter(WARPS, 1, 8, 4),
            new IntegerParameter(STAGES, 1, 2, 1),
            new BooleanParameter(UNUSED, false));
    private static final SearchSpace SPACE = new SearchSpace(PARAMETERS, List.of());
    private static final SearchSpace WIDE_SPACE = new SearchSpace(
            Stream.concat(
                            PARAMETERS.stream(),
                            Stream.of(new IntegerParameter(ParameterName.scalar("width"), 1, 100_000, 1)))
                    .toList(),
            List.of());

    private final TuningTask task;
    private final boolean small;

    public FakeKernel(TuningTask task, boolean small) {
        this.task = task;
        this.small = small;
    }

    @Override
    public String kernelName() {
        return task.kernel();
    }

    @Override
    public Target target() {
        return Target.parse(task.target());
    }

    @Override
    public Arguments arguments() {
        return small ? Arguments.parse(java.util.Map.of("x", "f16[7]")) : task.arguments();
    }

    @Override
    public SearchSpace space() {
        return task.kernel().equals(WIDE) ? WIDE_SPACE : SPACE;
    }

    @Override
    public List<Configuration> seeds() {
        return List.of();
    }

    @Override
    public List<Configuration> userConfigurations() {
        return List.of();
    }

    @Override
    public double reductionLength() {
        return 1;
    }

    @Override
    public Configuration normalize(Configuration configuration) {
        return configuration;
    }

    @Override
    public GeneratedModule generate(Configuration configuration) {
        if (task.kernel().equals(BROKEN)) {
            throw new InvalidConfigurationException("This kernel is broken.");
        }
        if (configuration.getLong(BLOCK) == 1024 && configuration.getLong(WARPS) == 1) {
            throw new InvalidConfigurationException("1024 elements do not fit in 1 warp.");
        }
        Configuration used = configuration.with(UNUSED, false);
        boolean tooLarge = configuration.getLong(BLOCK) == 1024 && configuration.getLong(WARPS) == 2;
        String program = (small ? "small " : "full ") + used.toJson();
        return new GeneratedModule(
                "# " + configuration.toJson() + "\n" + program,
                Hashes.sha256(program),
                new WorkEstimate(1e6, 1e6, 1e6, 2e6, 1e3, 2e6, 1e4, 1e6, 0, 0, 100, 100, 0, 100),
                new Feasibility(
                        8, 1024, 32, 100, tooLarge ? Optional.of("1024 elements and 2 warps.") : Optional.empty()));
    }

    /** The configuration in a module's text. */
    static Configuration used(String moduleText) {
        return Configuration.fromJson(moduleText.substring(moduleText.indexOf('{', moduleText.indexOf('\n'))));
    }

    /** A smooth bowl with its bottom at block 256, 8 warps, 2 stages. */
    public static double nanos(Configuration configuration) {
        double block = Math.log(configuration.getLong(BLOCK) / 256.0) / Math.log(2);
        double warps = Math.log(configuration.getLong(WARPS) / 8.0) / Math.log(2);
        return 1000 * (10 + block * block + warps * warps + (configuration.getLong(STAGES) == 2 ? 0 : 0.5));
    }
}
