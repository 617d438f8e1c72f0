package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tries the given seeds in their order and nothing else, whatever the results: to record a part of a space. What the space
 * does not hold is passed over. Seeds that are known not to run are tried all the same, because a recording wants to see
 * how they fail.
 */
public final class ListedSearch implements SearchStrategy {

    private final Set<Configuration> untold = new LinkedHashSet<>();

    public ListedSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        inputs.seeds().stream().filter(space::contains).forEach(untold::add);
    }

    @Override
    public String name() {
        return "listed";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Strategies.requirePositive(count);
        Set<Configuration> taken = new HashSet<>(pending);
        List<Suggestion> answer = new ArrayList<>();
        for (Configuration configuration : untold) {
            if (answer.size() == count) {
                break;
            }
            if (!taken.contains(configuration)) {
                answer.add(new Suggestion(configuration, "listed"));
            }
        }
        return answer;
    }

    @Override
    public void tell(Trial trial) {
        untold.remove(trial.configuration());
    }
}
