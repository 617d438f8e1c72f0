package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tries legal configurations in random order, whatever the results: the baseline of every comparison. */
public final class RandomSearch implements SearchStrategy {

    private final History history = new History();
    private final List<Configuration> seeds;
    private final FreshDraws draws;

    public RandomSearch(SearchSpace space, long seed) {
        this(space, seed, StrategyInputs.NONE);
    }

    /** Tries the inputs' seeds first, as every strategy does, so that comparisons are about what follows. */
    public RandomSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this.seeds = inputs.seedsFor(space);
        this.draws = new FreshDraws(new DrawSequence(space, seed, inputs.costs())::at, history);
    }

    @Override
    public String name() {
        return "random";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Strategies.requirePositive(count);
        Set<Configuration> taken = new HashSet<>(pending);
        List<Suggestion> answer = new ArrayList<>();
        for (Configuration seed : seeds) {
            if (answer.size() < count && !history.knows(seed) && taken.add(seed)) {
                answer.add(new Suggestion(seed, "random:seed"));
            }
        }
        List<Configuration> chosen = new ArrayList<>();
        draws.addTo(chosen, count - answer.size(), taken::contains);
        chosen.forEach(configuration -> answer.add(new Suggestion(configuration, "random")));
        return answer;
    }

    @Override
    public void tell(Trial trial) {
        history.learn(trial);
        draws.told(trial.configuration());
    }
}
