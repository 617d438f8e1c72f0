package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Evolution without generations (steady state; Whitley, 1989, "The GENITOR algorithm"): the population is the fastest
 * points told, and each question is answered with children of it. A child that was tried before is changed further, so
 * that what looks like convergence becomes a search around the best.
 */
public final class GeneticSearch implements SearchStrategy {

    /** The points that may become parents. */
    public static final int DEFAULT_POPULATION = 20;

    /** The fastest of so many drawn members becomes a parent. */
    private static final int TOURNAMENT = 4;

    /** The share of children that have two parents; the others are one changed. */
    private static final double CROSSOVER = 0.8;

    /** The share of crossed children that are changed as well. */
    private static final double MUTATION = 0.3;

    /** Steps away from the parents before a child that is still known is given up. */
    private static final int MAX_STEPS = 8;

    /** Children given up before random points take over, per child asked for. */
    private static final int MAX_FAILURES = 20;

    private final Journal journal;
    private final int population;

    public GeneticSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, DEFAULT_POPULATION);
    }

    /** @param population the points that may become parents, at least 2 */
    public GeneticSearch(SearchSpace space, long seed, StrategyInputs inputs, int population) {
        if (population < 2) {
            throw new IllegalArgumentException("Evolution needs a `population` of at least 2, not " + population + ".");
        }
        this.journal = new Journal(space, seed, inputs);
        this.population = population;
    }

    @Override
    public String name() {
        return "genetic";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, name(), pending);
        List<Journal.Ranked> parents = journal.fastest(population);
        SplittableRandom random = journal.random(0);
        for (int failures = 0; !batch.isFull() && !parents.isEmpty() && failures < MAX_FAILURES; ) {
            if (!breed(batch, parents, random)) {
                failures++;
            }
        }
        journal.fill(batch, name() + ":random");
        return batch.suggestions();
    }

    @Override
    public void tell(Trial trial) {
        journal.learn(trial);
    }

    private boolean breed(Batch batch, List<Journal.Ranked> parents, SplittableRandom random) {
        SearchSpace space = journal.space();
        Configuration child = select(parents, random);
        String origin = name() + ":mutation";
        boolean crossed = random.nextDouble() < CROSSOVER;
        if (crossed) {
            child = Mutations.cross(space, child, select(parents, random), random);
            origin = name() + ":crossover";
        }
        if (!crossed || random.nextDouble() < MUTATION) {
            child = Mutations.mutate(space, child, random);
        }
        for (int steps = 0; steps < MAX_STEPS && !batch.isFree(child); steps++) {
            child = Mutations.mutate(space, child, random);
        }
        return batch.offer(child, origin);
    }

    private static Configuration select(List<Journal.Ranked> parents, SplittableRandom random) {
        int rank = parents.size();
        for (int i = 0; i < TOURNAMENT; i++) {
            rank = Math.min(rank, random.nextInt(parents.size()));
        }
        return parents.get(rank).configuration();
    }
}
