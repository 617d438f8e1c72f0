package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What worked elsewhere first: the default, the user's seeds, the best of near tasks, which {@link GreedyCover} can thin out.
 * When these are told another strategy goes on, which was told them too. Only the seeds are waited for, and only by their
 * number: a slow one holds nothing up.
 */
public final class PortfolioSearch implements SearchStrategy {

    /** The strategy that goes on. */
    public static final String DEFAULT_SUCCESSOR = "pattern";

    private final Journal journal;
    private final SearchStrategy successor;

    public PortfolioSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, DEFAULT_SUCCESSOR);
    }

    /** @param successor the strategy that goes on, one of {@link Strategies#names()} */
    public PortfolioSearch(SearchSpace space, long seed, StrategyInputs inputs, String successor) {
        this.journal = new Journal(space, seed, inputs, 0);
        this.successor = Strategies.create(successor, space, seed, inputs);
    }

    @Override
    public String name() {
        return "portfolio";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.offerSeeds(batch, name());
        if (!batch.isFull()) {
            List<Configuration> busy = new ArrayList<>(pending);
            batch.suggestions().forEach(suggestion -> busy.add(suggestion.configuration()));
            successor
                    .ask(batch.missing(), busy)
                    .forEach(suggestion -> batch.add(suggestion.configuration(), name() + ":" + suggestion.origin()));
        }
        return batch.suggestions();
    }

    @Override
    public void tell(Trial trial) {
        journal.learn(trial);
        successor.tell(trial);
    }
}
