package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One answer of a strategy while it is made: takes only what is new, and no more than was asked for. */
final class Batch {

    private final History history;
    private final CostModel costs;
    private final int count;
    private final Set<Configuration> taken;
    private final List<Suggestion> answer = new ArrayList<>();

    Batch(History history, CostModel costs, int count, Collection<Configuration> pending) {
        Strategies.requirePositive(count);
        this.history = history;
        this.costs = costs;
        this.count = count;
        this.taken = new HashSet<>(pending);
    }

    boolean isFull() {
        return answer.size() >= count;
    }

    int size() {
        return answer.size();
    }

    /** How many more belong in. */
    int missing() {
        return count - answer.size();
    }

    /** Whether the configuration is pending or in this answer. */
    boolean isTaken(Configuration configuration) {
        return taken.contains(configuration);
    }

    /** Whether the configuration is new and may run. */
    boolean isFree(Configuration configuration) {
        return !history.knows(configuration) && !taken.contains(configuration) && costs.mayRun(configuration);
    }

    /** Takes the configuration in if it is free and there is room. */
    boolean offer(Configuration configuration, String origin) {
        return !isFull() && isFree(configuration) && add(configuration, origin);
    }

    /** Takes the configuration in even if it may not run; for when nothing else is left. */
    boolean add(Configuration configuration, String origin) {
        if (isFull() || history.knows(configuration) || !taken.add(configuration)) {
            return false;
        }
        answer.add(new Suggestion(configuration, origin));
        return true;
    }

    /** What was taken in, in order. */
    List<Suggestion> suggestions() {
        return List.copyOf(answer);
    }
}
