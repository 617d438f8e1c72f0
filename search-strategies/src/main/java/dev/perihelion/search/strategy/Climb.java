package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A walk downhill of {@link PatternSearch}: where it stands, and the neighbourhood around.
 *
 * <p>The neighbourhood is every step of one parameter, in an order drawn from seed and centre, then every pair of steps of
 * two powers of two: tiles trade one side for another, which no single step can do.
 */
final class Climb {

    /** The fastest first; of equally fast ones, the earlier born. */
    static final Comparator<Climb> FASTEST_FIRST =
            Comparator.comparingDouble(Climb::latencyNanos).thenComparingLong(Climb::birth);

    private final Configuration centre;
    private final double latencyNanos;
    private final long birth;
    private final Set<Configuration> untriedSingles = new LinkedHashSet<>();
    private final Set<Configuration> untriedPairs = new LinkedHashSet<>();
    private List<Configuration> neighbourhood = List.of();

    Climb(Configuration centre, double latencyNanos, long birth) {
        this.centre = centre;
        this.latencyNanos = latencyNanos;
        this.birth = birth;
    }

    Configuration centre() {
        return centre;
    }

    double latencyNanos() {
        return latencyNanos;
    }

    /** Counts climbs from 0; a climb that moves passes its number on. */
    long birth() {
        return birth;
    }

    /** Computes the neighbourhood; what the history knows already counts as tried. */
    void expand(SearchSpace space, long seed, History history, CostModel costs) {
        Set<Configuration> singles = new LinkedHashSet<>(shuffled(singleSteps(space), seed));
        Set<Configuration> around = new LinkedHashSet<>(singles);
        around.addAll(shuffled(pairSteps(space), seed));
        around.remove(centre);
        around.removeIf(point -> !costs.mayRun(point) && !history.knows(point));
        neighbourhood = List.copyOf(around);
        untriedSingles.clear();
        untriedPairs.clear();
        neighbourhood.stream()
                .filter(point -> !history.knows(point))
                .forEach(point -> (singles.contains(point) ? untriedSingles : untriedPairs).add(point));
    }

    /** Forgets the neighbourhood, which {@link #expand} can compute again. */
    void collapse() {
        neighbourhood = List.of();
        untriedSingles.clear();
        untriedPairs.clear();
    }

    boolean isExpanded() {
        return !neighbourhood.isEmpty();
    }

    /** The points around the centre, in the order of trying; empty unless expanded. */
    List<Configuration> neighbourhood() {
        return neighbourhood;
    }

    /** The steps of one parameter that were not told, in the order of trying. */
    Set<Configuration> untriedSingles() {
        return untriedSingles;
    }

    /** The pairs of steps that were not told, in the order of trying. */
    Set<Configuration> untriedPairs() {
        return untriedPairs;
    }

    /** Takes a point that was told off the list; whether it was on it. */
    boolean remove(Configuration point) {
        return untriedSingles.remove(point) || untriedPairs.remove(point);
    }

    /** Whether the whole neighbourhood was told. */
    boolean isFinished() {
        return untriedSingles.isEmpty() && untriedPairs.isEmpty();
    }

    private List<Configuration> singleSteps(SearchSpace space) {
        return space.parameters().stream()
                .flatMap(parameter -> Mutations.moves(space, centre, parameter).stream())
                .distinct()
                .toList();
    }

    private List<Configuration> pairSteps(SearchSpace space) {
        List<Parameter> powers = space.parameters().stream()
                .filter(PowerOfTwoParameter.class::isInstance)
                .toList();
        List<Configuration> steps = new ArrayList<>();
        for (int i = 0; i < powers.size(); i++) {
            Parameter first = powers.get(i);
            for (Object firstValue : space.neighbourValues(first, centre.get(first.name()))) {
                Configuration half = centre.with(first.name(), firstValue);
                for (Parameter second : powers.subList(i + 1, powers.size())) {
                    for (Object secondValue : space.neighbourValues(second, centre.get(second.name()))) {
                        Configuration step = half.with(second.name(), secondValue);
                        if (space.contains(step)) {
                            steps.add(step);
                        }
                    }
                }
            }
        }
        return steps;
    }

    private List<Configuration> shuffled(List<Configuration> points, long seed) {
        List<Configuration> shuffled = new ArrayList<>(points);
        Collections.shuffle(shuffled, new Random(seed * 31 + centre.toJson().hashCode()));
        return shuffled;
    }
}
