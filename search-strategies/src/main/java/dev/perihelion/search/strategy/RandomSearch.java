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
    private final FreshDraws draws;

    public RandomSearch(SearchSpace space, long seed) {
        this.draws = new FreshDraws(new DrawSequence(space, seed), history);
    }

    @Override
    public String name() {
        return "random";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Strategies.requirePositive(count);
        Set<Configuration> taken = new HashSet<>(pending);
        List<Configuration> chosen = new ArrayList<>();
        draws.addTo(chosen, count, taken::contains);
        return chosen.stream()
                .map(configuration -> new Suggestion(configuration, "random"))
                .toList();
    }

    @Override
    public void tell(Trial trial) {
        history.learn(trial);
        draws.told(trial.configuration());
    }
}
