package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Differential evolution (Storn and Price, 1997) over typed parameters and without generations: a member moves in the
 * direction in which two other members differ. Ordered parameters go part of the way, others take one of the two values.
 * The population is the fastest points told.
 */
public final class DifferentialEvolution implements SearchStrategy {

    /** The points that take part. */
    public static final int DEFAULT_POPULATION = 12;

    /** The share of parameters that change. */
    private static final double CROSSOVER = 0.8;

    /** The part of a difference that an ordered parameter goes. */
    private static final double SCALE = 0.5;

    /** The fastest of so many drawn members is moved. */
    private static final int TOURNAMENT = 3;

    /** Steps away before a child that is still known is given up. */
    private static final int MAX_STEPS = 8;

    /** Children given up before random points take over. */
    private static final int MAX_FAILURES = 20;

    private final Journal journal;
    private final int population;

    public DifferentialEvolution(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, DEFAULT_POPULATION);
    }

    /** @param population the points that take part, at least 4 */
    public DifferentialEvolution(SearchSpace space, long seed, StrategyInputs inputs, int population) {
        if (population < 4) {
            throw new IllegalArgumentException(
                    "Differential evolution needs a `population` of at least 4, not " + population + ".");
        }
        this.journal = new Journal(space, seed, inputs);
        this.population = population;
    }

    @Override
    public String name() {
        return "differential-evolution";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, name(), pending);
        List<Journal.Ranked> members = journal.fastest(population);
        SplittableRandom random = journal.random(0);
        for (int failures = 0; !batch.isFull() && members.size() >= 3 && failures < MAX_FAILURES; ) {
            if (!breed(batch, members, random)) {
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

    private boolean breed(Batch batch, List<Journal.Ranked> members, SplittableRandom random) {
        Configuration base = select(members, random);
        Configuration one = members.get(random.nextInt(members.size())).configuration();
        Configuration other = members.get(random.nextInt(members.size())).configuration();
        Configuration child = journal.space().repair(difference(base, one, other, random));
        for (int steps = 0; steps < MAX_STEPS && !batch.isFree(child); steps++) {
            child = Mutations.mutate(journal.space(), child, random);
        }
        return batch.offer(child, name() + ":child");
    }

    private Configuration difference(
            Configuration base, Configuration one, Configuration other, SplittableRandom random) {
        Configuration child = base;
        for (Parameter parameter : journal.space().parameters()) {
            Object to = one.get(parameter.name());
            Object from = other.get(parameter.name());
            if (random.nextDouble() >= CROSSOVER || Objects.equals(to, from)) {
                continue;
            }
            child = child.with(parameter.name(), moved(parameter, child.get(parameter.name()), from, to, random));
        }
        return child;
    }

    private static Object moved(Parameter parameter, Object value, Object from, Object to, SplittableRandom random) {
        if (!parameter.isOrdered()) {
            return random.nextBoolean() ? from : to;
        }
        double way = SCALE * Mutations.distance(parameter, from, to);
        // Away from zero, so that neighbours still differ.
        return Mutations.shift(parameter, value, (long) (way < 0 ? Math.floor(way) : Math.ceil(way)));
    }

    private static Configuration select(List<Journal.Ranked> members, SplittableRandom random) {
        int rank = members.size();
        for (int i = 0; i < TOURNAMENT; i++) {
            rank = Math.min(rank, random.nextInt(members.size()));
        }
        return members.get(rank).configuration();
    }
}
