package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * The part of a sequence of configurations that was not told yet. Keeps only what is read and untold, so that a long search
 * does not scan its past at each question; this is a cache and never changes an answer.
 */
final class FreshDraws {

    private final IntFunction<Optional<Configuration>> draws;
    private final History history;
    private final Set<Configuration> untold = new LinkedHashSet<>();
    private int read;

    /** @param draws a sequence of different configurations, by position; empty beyond its end */
    FreshDraws(IntFunction<Optional<Configuration>> draws, History history) {
        this.draws = draws;
        this.history = history;
    }

    /** To be called when a configuration became known to the history. */
    void told(Configuration configuration) {
        untold.remove(configuration);
    }

    /** Adds the sequence's first untold configurations that {@code taken} does not hold, up to {@code count} in all. */
    void addTo(List<Configuration> target, int count, Predicate<Configuration> taken) {
        for (Configuration configuration : untold) {
            if (target.size() >= count) {
                return;
            }
            if (!taken.test(configuration)) {
                target.add(configuration);
            }
        }
        while (target.size() < count) {
            var next = draws.apply(read);
            if (next.isEmpty()) {
                return;
            }
            read++;
            if (!history.knows(next.get())) {
                untold.add(next.get());
                if (!taken.test(next.get())) {
                    target.add(next.get());
                }
            }
        }
    }
}
