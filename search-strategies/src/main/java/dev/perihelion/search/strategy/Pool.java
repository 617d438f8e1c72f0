package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.RandomForest;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What a model is asked about: untried legal configurations anywhere and around the best ones. */
final class Pool {

    /** So many of the best have their whole neighbourhood in the pool. */
    private static final int CENTRES = 5;

    /** So many of the best have descendants. */
    private static final int PARENTS = 20;

    private final SearchSpace space;
    private final Moves moves;
    private final int[] varying;
    private final Predicate<Configuration> fresh;
    private final List<Configuration> points = new ArrayList<>();
    private final Set<Configuration> near = new HashSet<>();
    private int drawn;

    /** @param fresh takes each configuration in that is asked about, and says whether it is new and may be in the pool */
    Pool(SearchSpace space, Moves moves, Predicate<Configuration> fresh) {
        this.space = space;
        this.moves = moves;
        this.varying = IntStream.range(0, space.parameters().size())
                .filter(p -> space.parameters().get(p).cardinality() > 1)
                .toArray();
        this.fresh = fresh;
    }

    /**
     * Fills the pool.
     *
     * @param fastest the configurations that have a latency, at least one, the fastest first
     * @param size how many are drawn from the whole space; about as many descend from the fastest
     */
    void fill(List<Configuration> fastest, Features features, RandomForest forest, int size, SplittableRandom random) {
        for (int i = 0; i < size; i++) {
            add(space.random(random));
        }
        drawn = points.size();
        near.addAll(steps(fastest.get(0)));
        fastest.stream().limit(CENTRES).forEach(this::addNeighbourhood);
        List<Configuration> parents = fastest.subList(0, Math.min(PARENTS, fastest.size()));
        for (int i = 0; i < size / 2; i++) {
            add(mutant(parent(parents, random), random));
        }
        for (int i = 0; i < size / 2; i++) {
            add(guided(parent(parents, random), features, forest, random));
        }
        for (int i = 0; i < size / 4 && parents.size() > 1; i++) {
            cross(parent(parents, random), parent(parents, random), random);
        }
    }

    /** Adds all steps of one parameter. */
    void addNeighbourhood(Configuration centre) {
        steps(centre).forEach(this::add);
    }

    private List<Configuration> steps(Configuration centre) {
        return space.parameters().stream()
                .flatMap(parameter -> space.steps(centre, parameter).stream())
                .toList();
    }

    /** All points; the first {@link #drawn} were drawn from the whole space. */
    List<Configuration> points() {
        return new ArrayList<>(points);
    }

    int drawn() {
        return drawn;
    }

    /** Whether the point is one step from the fastest. */
    boolean isNear(Configuration point) {
        return near.contains(point);
    }

    private void add(Configuration point) {
        if (fresh.test(point)) {
            points.add(point);
        }
    }

    /** Better ones more often: the better of two draws. */
    private static Configuration parent(List<Configuration> parents, SplittableRandom random) {
        return parents.get(Math.min(random.nextInt(parents.size()), random.nextInt(parents.size())));
    }

    /** Two parameters changed, three in half of the cases, and so on. */
    private Configuration mutant(Configuration from, SplittableRandom random) {
        Configuration point = from;
        int changes = 2;
        while (changes < varying.length && random.nextBoolean()) {
            changes++;
        }
        for (int i = 0; i < changes && varying.length > 0; i++) {
            point = moves.wander(point, varying[random.nextInt(varying.length)], random);
        }
        return point;
    }

    private Configuration guided(Configuration from, Features features, RandomForest forest, SplittableRandom random) {
        int tree = random.nextInt(forest.trees());
        Configuration point = from;
        List<Integer> tested = new ArrayList<>(TreeGuide.tested(forest, tree, features, from));
        for (int left = Math.min(tested.size(), 4); left > 0; left--) {
            int parameter = tested.remove(random.nextInt(tested.size()));
            point = TreeGuide.bestValue(forest, tree, features, moves, point, parameter, random);
        }
        return point;
    }

    /** A child that has each value from one of its parents. */
    private void cross(Configuration left, Configuration right, SplittableRandom random) {
        Object[] values = space.values(left);
        Object[] other = space.values(right);
        for (int p = 0; p < values.length; p++) {
            if (random.nextBoolean()) {
                values[p] = other[p];
            }
        }
        space.near(values).ifPresent(this::add);
    }
}
