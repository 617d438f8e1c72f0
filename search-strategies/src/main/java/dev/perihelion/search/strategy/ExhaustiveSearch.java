package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;

/**
 * Tries every legal configuration, in an order that is useful early: the seeds, then points that try each parameter's values
 * evenly. For small spaces; a large one is worked through in the same order for as long as the budget lasts.
 */
public final class ExhaustiveSearch implements SearchStrategy {

    private final Journal journal;

    public ExhaustiveSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this.journal = new Journal(space, seed, inputs, Integer.MAX_VALUE / 8);
    }

    @Override
    public String name() {
        return "exhaustive";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, name(), pending);
        journal.fill(batch, name() + ":rest");
        return batch.suggestions();
    }

    @Override
    public void tell(Trial trial) {
        journal.learn(trial);
    }
}
