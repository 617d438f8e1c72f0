package dev.perihelion.search.space;

import static dev.perihelion.search.space.ParameterName.element;
import static dev.perihelion.search.space.ParameterName.scalar;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Search spaces for tests. */
public final class Spaces {

    private static final Set<Object> PERSISTENT = Set.of("persistent_blocked", "persistent_interleaved");

    private Spaces() {}

    /** Every kind of parameter and of constraint, as a persistent matmul has them; about 10^9 configurations. */
    public static SearchSpace everyKind() {
        return new SearchSpace(everyKindParameters(), everyKindConstraints());
    }

    /** The parameters of {@link #everyKind()}. */
    public static List<Parameter> everyKindParameters() {
        return List.of(
                new PowerOfTwoParameter(element("block_sizes", 0), 1, 1024, 32),
                new PowerOfTwoParameter(element("block_sizes", 1), 1, 1024, 32),
                new PowerOfTwoParameter(element("block_sizes", 2), 16, 256, 16),
                new PermutationParameter(element("loop_orders", 0), 3),
                new BooleanParameter(element("flatten_loops", 0), false),
                new EnumParameter(element("range_flattens", 0), Arrays.asList(null, false, true), null),
                new EnumParameter(element("range_flattens", 1), Arrays.asList(null, false, true), null),
                new PowerOfTwoParameter(scalar("num_warps"), 1, 32, 4),
                new IntegerParameter(scalar("num_stages"), 1, 8, 1),
                new EnumParameter(
                        scalar("pid_type"),
                        List.of("flat", "xyz", "persistent_blocked", "persistent_interleaved"),
                        "flat"),
                new PowerOfTwoParameter(scalar("num_sm_multiplier"), 1, 128, 1),
                new EnumParameter(scalar("maxnreg"), Arrays.asList(null, 32, 64, 128, 256), null));
    }

    /** The constraints of {@link #everyKind()}. */
    public static List<Constraint> everyKindConstraints() {
        List<ParameterName> tile =
                List.of(element("block_sizes", 0), element("block_sizes", 1), element("block_sizes", 2));
        return List.of(
                new ProductAtMost(tile, 2, 1 << 20, "elements of a tile"),
                new OnlyWhen(scalar("num_sm_multiplier"), 1, scalar("pid_type"), PERSISTENT),
                new OnlyWhen(scalar("maxnreg"), null, scalar("pid_type"), PERSISTENT));
    }

    /** Parameters of which one has values that a search need not try. */
    public static SearchSpace narrowed() {
        return new SearchSpace(
                List.of(
                        new PowerOfTwoParameter(element("block_sizes", 0), 1, 1024, 32),
                        new NarrowedParameter(
                                new IntegerParameter(scalar("num_stages"), 1, 8, 1),
                                new IntegerParameter(scalar("num_stages"), 1, 2, 1),
                                "More make no difference."),
                        new PowerOfTwoParameter(scalar("num_warps"), 1, 32, 4),
                        new EnumParameter(scalar("pid_type"), List.of("flat", "xyz", "blocked"), "flat")),
                List.of());
    }

    /** 60 configurations, 42 of them legal. */
    public static SearchSpace small() {
        ParameterName tile = element("block_sizes", 0);
        ParameterName warps = scalar("num_warps");
        ParameterName unroll = scalar("unroll");
        return new SearchSpace(
                List.of(
                        new PowerOfTwoParameter(tile, 1, 16, 4),
                        new PowerOfTwoParameter(warps, 1, 4, 1),
                        new EnumParameter(unroll, Arrays.asList(null, 2), null),
                        new BooleanParameter(scalar("flatten"), false)),
                List.of(
                        new ProductAtMost(List.of(tile, warps), 1, 32, "elements"),
                        new OnlyWhen(unroll, null, scalar("flatten"), Set.of(true))));
    }

    /** So many configurations of {@link #everyKind()}, listed: the default and what random steps from it meet. */
    public static SearchSpace listed(int count) {
        SearchSpace whole = everyKind();
        SplittableRandom random = new SplittableRandom(count);
        Set<Configuration> rows = new LinkedHashSet<>(List.of(whole.defaultConfiguration()));
        while (rows.size() < count) {
            List<Configuration> known = List.copyOf(rows);
            List<Configuration> around = whole.neighbours(known.get(random.nextInt(known.size())));
            rows.add(around.get(random.nextInt(around.size())));
        }
        List<ParameterName> names =
                whole.parameters().stream().map(Parameter::name).toList();
        return new SearchSpace(whole.parameters(), List.of(new ListedConfigurations(names, List.copyOf(rows))));
    }

    /** One configuration. */
    public static SearchSpace single() {
        return new SearchSpace(List.of(new PowerOfTwoParameter(scalar("num_warps"), 4, 4, 4)), List.of());
    }
}
