package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;

public final class BayesSearch implements SearchStrategy {

    private static final ForestOptions FOREST = ForestOptions.standard().withTrees(64).withMinLeaf(3);

    private final GuidedSearch search;

    public BayesSearch(SearchSpace space, long seed) {
        this(space, seed, StrategyInputs.NONE);
    }

    public BayesSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, GuidedSettings.standard());
    }

    BayesSearch(SearchSpace space, long seed, StrategyInputs inputs, GuidedSettings settings) {
        this.search = new GuidedSearch(
                name(),
                settings,
                (knowledge, forestSeed) -> ExpectedGain.learn(knowledge, FOREST, forestSeed),
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
