package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * What strategies share: what was told, ranked; the opening, which is the same for equal seeds whatever the strategy; and
 * random points for when ideas run out. Like a strategy, a pure function of space, seed, inputs and trials told.
 */
final class Journal {

    /** Measured points beside the first seed before a strategy follows its own ideas. */
    static final int OPENING = 10;

    /** So many of them however many seeds there are. */
    private static final int FOREIGN = 3;

    /** Failures in the opening are replaced until so many times its size were tried. */
    private static final int PATIENCE = 3;

    /**
     * A configuration that has a latency.
     *
     * @param order counts the results told, from 0
     */
    record Ranked(Configuration configuration, double latencyNanos, long order) {}

    private static final Comparator<Ranked> FASTEST_FIRST =
            Comparator.comparingDouble(Ranked::latencyNanos).thenComparingLong(Ranked::order);

    private final SearchSpace space;
    private final long seed;
    private final CostModel costs;
    private final List<Configuration> seeds;
    private final int opening;
    private final History history = new History();
    private final TreeSet<Ranked> ranking = new TreeSet<>(FASTEST_FIRST);
    private final FreshDraws balanced;
    private final FreshDraws draws;
    private long told;

    Journal(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, OPENING);
    }

    /** @param opening measured points beside the first seed before the opening ends; further seeds count among them */
    Journal(SearchSpace space, long seed, StrategyInputs inputs, int opening) {
        this.space = space;
        this.seed = seed;
        this.costs = inputs.costs();
        this.seeds = inputs.seedsFor(space);
        this.opening = opening;
        DrawSequence sequence = new DrawSequence(space, seed, costs);
        this.balanced = new FreshDraws(new BalancedDraws(space, sequence)::at, history);
        this.draws = new FreshDraws(sequence::at, history);
    }

    /** Takes a result in; whether it is news. */
    boolean learn(Trial trial) {
        if (!history.learn(trial)) {
            return false;
        }
        Configuration configuration = trial.configuration();
        balanced.told(configuration);
        draws.told(configuration);
        OptionalDouble latency = trial.result().latencyNanos();
        if (latency.isPresent() && space.contains(configuration)) {
            ranking.add(new Ranked(configuration, latency.getAsDouble(), told));
        }
        told++;
        return true;
    }

    SearchSpace space() {
        return space;
    }

    History history() {
        return history;
    }

    CostModel costs() {
        return costs;
    }

    /** The results told that were news. */
    long told() {
        return told;
    }

    /** How many legal configurations have a latency. */
    int measured() {
        return ranking.size();
    }

    Optional<Ranked> best() {
        return ranking.isEmpty() ? Optional.empty() : Optional.of(ranking.first());
    }

    /** The fastest legal configurations, the fastest first. */
    List<Ranked> fastest(int count) {
        List<Ranked> fastest = new ArrayList<>(Math.min(count, ranking.size()));
        Iterator<Ranked> all = ranking.iterator();
        while (fastest.size() < count && all.hasNext()) {
            fastest.add(all.next());
        }
        return fastest;
    }

    /** Chance that depends on the seed and on what was told, so that the same question has the same answer. */
    SplittableRandom random(long salt) {
        return new SplittableRandom(mix(mix(seed, told), salt));
    }

    /** Chance that depends on the seed and on a number of results alone, for what was learnt from so many. */
    SplittableRandom randomAt(int results) {
        return new SplittableRandom(mix(seed, results));
    }

    Batch batch(int count, Collection<Configuration> pending) {
        return new Batch(history, costs, count, pending);
    }

    /** Adds the seeds that are new. */
    void offerSeeds(Batch batch, String strategy) {
        seeds.forEach(first -> batch.offer(first, strategy + ":seed"));
    }

    /** Adds seeds, and points that try all values evenly, until enough were measured or are under way. */
    void open(Batch batch, String strategy, Collection<Configuration> pending) {
        offerSeeds(batch, strategy);
        long underWay = pending.size() + batch.size();
        // Seeds stand in for opening points, but a few points elsewhere are always tried.
        long wanted = seeds.size() + Math.max(Math.min(opening, FOREIGN), opening + 1L - seeds.size());
        long more = Math.min(wanted - ranking.size(), PATIENCE * wanted - told) - underWay;
        List<Configuration> points = new ArrayList<>();
        balanced.addTo(points, (int) Math.max(0, Math.min(more, batch.missing())), point -> !batch.isFree(point));
        points.forEach(point -> batch.offer(point, strategy + ":opening"));
    }

    /** Adds one more of the points that try all values evenly; whether there was one left. */
    boolean explore(Batch batch, String origin) {
        List<Configuration> points = new ArrayList<>();
        balanced.addTo(points, 1, point -> !batch.isFree(point));
        return !points.isEmpty() && batch.offer(points.get(0), origin);
    }

    /** Fills the rest with random points; what cannot run comes when nothing else is left. */
    void fill(Batch batch, String origin) {
        if (batch.isFull()) {
            return;
        }
        List<Configuration> rest = new ArrayList<>();
        draws.addTo(rest, batch.missing(), batch::isTaken);
        rest.forEach(configuration -> batch.add(configuration, origin));
    }

    /** A hash of two numbers whose bits all depend on all bits (the finalizer of SplitMix64, Steele et al., 2014). */
    static long mix(long a, long b) {
        long z = a * 0x9E3779B97F4A7C15L + b + 0x632BE59BD9B4E019L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
