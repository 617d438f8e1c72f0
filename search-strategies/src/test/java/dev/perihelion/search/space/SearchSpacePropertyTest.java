package dev.perihelion.search.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds of every space, with generated parameters and constraints. */
class SearchSpacePropertyTest {

    @Provide
    Arbitrary<SearchSpace> spaces() {
        Arbitrary<List<Parameter>> parameters =
                kinds().list().ofMinSize(1).ofMaxSize(8).map(this::named);
        return Combinators.combine(parameters, Arbitraries.integers().between(0, 10), Arbitraries.longs())
                .as(this::constrained);
    }

    @Property(tries = 200)
    void randomConfigurationsAreLegalAndSurviveJson(@ForAll("spaces") SearchSpace space, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10; i++) {
            Configuration draw = space.random(random);
            assertThat(space.violation(draw)).isEmpty();
            assertThat(Configuration.fromJson(draw.toJson())).isEqualTo(draw);
            assertThat(space.encode(draw)).hasSize(space.encodedWidth());
            assertThat(space.repair(draw)).isEqualTo(draw);
        }
    }

    @Property(tries = 200)
    void neighboursAreLegalDifferentAndSymmetric(@ForAll("spaces") SearchSpace space, @ForAll long seed) {
        Configuration centre = space.random(new SplittableRandom(seed));

        List<Configuration> neighbours = space.neighbours(centre);

        assertThat(neighbours).doesNotHaveDuplicates().doesNotContain(centre).allMatch(space::contains);
        assertThat(neighbours).allMatch(neighbour -> space.neighbours(neighbour).contains(centre));
    }

    @Property(tries = 200)
    void repairMakesAnyCombinationLegal(@ForAll("spaces") SearchSpace space, @ForAll long seed) {
        SearchSpace free = new SearchSpace(space.parameters(), List.of());

        assertThat(space.contains(space.repair(free.random(new SplittableRandom(seed)))))
                .isTrue();
    }

    @Property(tries = 100)
    void enumerationHoldsEveryDraw(@ForAll("spaces") SearchSpace space, @ForAll long seed) {
        if (space.isEnumerable(2000)) {
            assertThat(space.enumerate().collect(Collectors.toSet()))
                    .contains(space.random(new SplittableRandom(seed)), space.defaultConfiguration());
        } else {
            assertThat(space.sizeLog10()).isGreaterThan(3);
        }
    }

    /** Parameters under a placeholder name; {@link #named} gives each its own. */
    private Arbitrary<Parameter> kinds() {
        ParameterName name = ParameterName.scalar("unnamed");
        Arbitrary<Integer> exponents = Arbitraries.integers().between(0, 12);
        Arbitrary<Parameter> powers = Combinators.combine(exponents, exponents, exponents)
                .as((a, b, c) -> {
                    long[] sorted = IntStream.of(a, b, c)
                            .sorted()
                            .mapToLong(e -> 1L << e)
                            .toArray();
                    return new PowerOfTwoParameter(name, sorted[0], sorted[2], sorted[1]);
                });
        Arbitrary<Parameter> integers = Arbitraries.integers()
                .between(0, 9)
                .map(width -> new IntegerParameter(name, 1, 1 + width, 1 + width / 2));
        Arbitrary<Parameter> choices = Arbitraries.<Object>of("a", "b", true, 2, List.of(1))
                .injectNull(0.2)
                .set()
                .ofMinSize(1)
                .map(ArrayList::new)
                .map(list -> new EnumParameter(name, list, list.get(0)));
        Arbitrary<Parameter> switches = Arbitraries.of(true, false).map(value -> new BooleanParameter(name, value));
        Arbitrary<Parameter> orders =
                Arbitraries.integers().between(1, 4).map(size -> new PermutationParameter(name, size));
        return Arbitraries.oneOf(powers, integers, choices, switches, orders);
    }

    private List<Parameter> named(List<Parameter> parameters) {
        return IntStream.range(0, parameters.size())
                .mapToObj(i -> rename(parameters.get(i), ParameterName.element("list", i)))
                .toList();
    }

    private Parameter rename(Parameter parameter, ParameterName name) {
        if (parameter instanceof PowerOfTwoParameter p) {
            return new PowerOfTwoParameter(name, p.low(), p.high(), p.start());
        } else if (parameter instanceof IntegerParameter p) {
            return new IntegerParameter(name, p.low(), p.high(), p.start());
        } else if (parameter instanceof EnumParameter p) {
            return new EnumParameter(name, p.choices(), p.defaultValue());
        } else if (parameter instanceof BooleanParameter p) {
            return new BooleanParameter(name, p.start());
        }
        return new PermutationParameter(name, ((PermutationParameter) parameter).size());
    }

    /** A bound {@code slack} doublings above the default's product, and a condition between neighbours in the list. */
    private SearchSpace constrained(List<Parameter> parameters, int slack, long seed) {
        List<Constraint> constraints = new ArrayList<>();
        List<Parameter> numbers = parameters.stream()
                .filter(p -> p instanceof PowerOfTwoParameter || p instanceof IntegerParameter)
                .limit(4)
                .toList();
        if (!numbers.isEmpty()) {
            long product =
                    numbers.stream().mapToLong(p -> (Long) p.defaultValue()).reduce(1, (a, b) -> a * b);
            List<ParameterName> names = numbers.stream().map(Parameter::name).toList();
            constraints.add(new ProductAtMost(names, 1, product << slack, "elements"));
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 1; i < parameters.size(); i += 2) {
            Parameter condition = parameters.get(i - 1);
            Object allowed = condition.random(random);
            Parameter conditional = parameters.get(i);
            constraints.add(new OnlyWhen(
                    conditional.name(), conditional.defaultValue(), condition.name(), Collections.singleton(allowed)));
        }
        return new SearchSpace(parameters, constraints);
    }
}
