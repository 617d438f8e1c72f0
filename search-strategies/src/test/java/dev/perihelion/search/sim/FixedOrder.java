package dev.perihelion.search.sim;

import static dev.perihelion.search.sim.Tables.point;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.strategy.SearchStrategy;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Proposes points of the line in a given order and keeps what it was told. */
final class FixedOrder implements SearchStrategy {

    final List<Trial> told = new ArrayList<>();
    int mostPending;
    private final long[] order;
    private final Set<Configuration> known = new HashSet<>();

    FixedOrder(long... order) {
        this.order = order.clone();
    }

    @Override
    public String name() {
        return "fixed";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        List<Suggestion> answer = new ArrayList<>();
        for (long x : order) {
            if (answer.size() < count && !known.contains(point(x)) && !pending.contains(point(x))) {
                answer.add(new Suggestion(point(x), "fixed"));
            }
        }
        mostPending = Math.max(mostPending, pending.size() + answer.size());
        return answer;
    }

    @Override
    public void tell(Trial trial) {
        known.add(trial.configuration());
        told.add(trial);
    }
}
