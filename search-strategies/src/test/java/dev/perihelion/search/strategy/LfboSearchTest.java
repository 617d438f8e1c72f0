package dev.perihelion.search.strategy;

import dev.perihelion.search.space.SearchSpace;

/** The contract with a small forest and few candidates, because it asks thousands of times; the idea at full size. */
class LfboSearchTest extends StrategyContract {

    private static final GuidedSettings SMALL = new GuidedSettings(15, 3, 6, 0.5, false, 0.1, 40, 10);

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return create(space, seed, StrategyInputs.NONE);
    }

    @Override
    protected SearchStrategy create(SearchSpace space, long seed, StrategyInputs inputs) {
        return new LfboSearch(space, seed, inputs, SMALL);
    }
}
