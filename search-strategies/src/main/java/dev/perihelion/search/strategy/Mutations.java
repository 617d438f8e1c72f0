package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.NarrowedParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Changes that suit a parameter's kind; whatever comes out is legal. */
final class Mutations {

    private Mutations() {}

    /**
     * The legal configurations that one step of this parameter leads to, and for a whole number half and double of it: sizes
     * that are no powers of two still act by their factors, and have gaps that steps of one would take long to cross.
     */
    static List<Configuration> moves(SearchSpace space, Configuration from, Parameter parameter) {
        List<Configuration> steps = space.steps(from, parameter);
        if (!(parameter instanceof IntegerParameter)) {
            return steps;
        }
        long value = from.getLong(parameter.name());
        return Stream.concat(
                        steps.stream(),
                        Stream.of(value / 2, value * 2)
                                .filter(parameter::contains)
                                .map(stride -> from.with(parameter.name(), stride))
                                .filter(space::contains))
                .distinct()
                .toList();
    }

    /**
     * One step of one parameter drawn at random: halve or double, one more or less, another choice, flip, swap.
     *
     * @return the configuration itself where no parameter has a legal step
     */
    static Configuration step(SearchSpace space, Configuration from, RandomGenerator random) {
        List<Parameter> parameters = space.parameters();
        int first = random.nextInt(parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get((first + i) % parameters.size());
            List<Configuration> steps = moves(space, from, parameter);
            if (!steps.isEmpty()) {
                return steps.get(random.nextInt(steps.size()));
            }
        }
        return from;
    }

    /** The share of mutations that jump rather than step. */
    private static final double JUMPS = 0.4;

    /** A step, or now and then another value anywhere in the parameter's range: some landscapes have gaps. */
    static Configuration mutate(SearchSpace space, Configuration from, RandomGenerator random) {
        if (random.nextDouble() < JUMPS) {
            Parameter parameter =
                    space.parameters().get(random.nextInt(space.parameters().size()));
            Optional<Configuration> jump = space.redraw(from, parameter, random);
            if (jump.isPresent()) {
                return jump.get();
            }
        }
        return step(space, from, random);
    }

    /** Each parameter's value from one parent or the other, by equal chance, made legal (uniform crossover). */
    static Configuration cross(SearchSpace space, Configuration one, Configuration other, RandomGenerator random) {
        Configuration child = one;
        for (Parameter parameter : space.parameters()) {
            Object value = other.get(parameter.name());
            if (random.nextBoolean() && !Objects.equals(value, child.get(parameter.name()))) {
                child = child.with(parameter.name(), value);
            }
        }
        return space.repair(child);
    }

    /** The value that lies so many steps up (or down) from this one, within the parameter's bounds. */
    static Object shift(Parameter parameter, Object value, long steps) {
        if (parameter instanceof NarrowedParameter narrowed) {
            return shift(narrowed.searched(), value, steps);
        }
        if (parameter instanceof PowerOfTwoParameter powers) {
            long exponent = Long.numberOfTrailingZeros((Long) value) + steps;
            long lowest = Long.numberOfTrailingZeros(powers.low());
            long highest = Long.numberOfTrailingZeros(powers.high());
            return 1L << Math.max(lowest, Math.min(highest, exponent));
        }
        if (parameter instanceof IntegerParameter range) {
            return Math.max(range.low(), Math.min(range.high(), (Long) value + steps));
        }
        throw new IllegalArgumentException("`" + parameter.name() + "` has no order to walk along.");
    }

    /** How many steps of {@link #shift} lead from one value to another; positive is up. */
    static long distance(Parameter parameter, Object from, Object to) {
        if (parameter instanceof NarrowedParameter narrowed) {
            return distance(narrowed.searched(), from, to);
        }
        if (parameter instanceof PowerOfTwoParameter) {
            return Long.numberOfTrailingZeros((Long) to) - Long.numberOfTrailingZeros((Long) from);
        }
        return (Long) to - (Long) from;
    }
}
