package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;

/**
 * Bayesian optimisation for small budgets: a random forest predicts the logarithm of the speed, and what is tried is what
 * may improve most on the best trial. {@link ExpectedGain} says how; {@link GuidedSearch} says where candidates come from.
 *
 * <p>It learns from every latency, not only from which trials are the fastest, which tells more while there are few.
 */
public final class BayesSearch implements SearchStrategy {

    static final GuidedSettings SETTINGS = new GuidedSettings(16, 3, 6, 0.2, true, 0.1, 200, 40);

    private final GuidedSearch search;

    public BayesSearch(SearchSpace space, long seed) {
        this(space, seed, StrategyInputs.NONE);
    }

    /** Starts with the inputs' seeds. */
    public BayesSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, SETTINGS);
    }

    BayesSearch(SearchSpace space, long seed, StrategyInputs inputs, GuidedSettings settings) {
        ForestOptions options =
                ForestOptions.standard().withTrees(settings.trees()).withMinLeaf(3);
        this.search = new GuidedSearch(
                name(),
                settings,
                (knowledge, forestSeed) -> ExpectedGain.learn(knowledge, options, forestSeed),
                space,
                seed,
                inputs);
    }

    @Override
    public String name() {
        return "bayes";
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
