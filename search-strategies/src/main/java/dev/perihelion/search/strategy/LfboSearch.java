package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;

/**
 * Likelihood-free Bayesian optimisation with a random forest: learns to tell the fastest few trials from the rest, and
 * tries what looks most like them. {@link SpeedClass} says how; {@link GuidedSearch} says where candidates come from.
 *
 * <p>Against the search that it is modelled on ({@link LfboTreeSearch}): the model is asked from the 16th trial on, not from
 * the 101st; failures have a model of their own; how many trials count as fast grows as the square root of the trials;
 * nothing waits for a generation; every few proposals look elsewhere.
 */
public final class LfboSearch implements SearchStrategy {

    static final GuidedSettings SETTINGS = new GuidedSettings(16, 3, 6, 0.2, false, 0.1, 200, 40);

    private final GuidedSearch search;

    public LfboSearch(SearchSpace space, long seed) {
        this(space, seed, StrategyInputs.NONE);
    }

    /** Starts with the inputs' seeds. */
    public LfboSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, SETTINGS);
    }

    LfboSearch(SearchSpace space, long seed, StrategyInputs inputs, GuidedSettings settings) {
        ForestOptions options = ForestOptions.standard().withTrees(settings.trees());
        this.search = new GuidedSearch(
                name(),
                settings,
                (knowledge, forestSeed) -> SpeedClass.learn(knowledge, options, forestSeed),
                space,
                seed,
                inputs);
    }

    @Override
    public String name() {
        return "lfbo";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        return search.ask(count, pending);
    }

    @Override
    public void tell(Trial trial) {
        search.tell(trial);
    }
}
