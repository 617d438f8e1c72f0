package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configurations of a {@link DrawSequence} in an order that tries each parameter's values evenly from the start, as a
 * Latin hypercube does, but over legal points only: of the next few draws, the one whose values were seen least comes first.
 */
final class BalancedDraws {

    /** So many draws compete for the next place; more would favour the corners of the space. */
    private static final int WINDOW = 12;

    /** Wide ranges of whole numbers are told apart as so many parts. */
    private static final int PARTS = 8;

    private final SearchSpace space;
    private final DrawSequence draws;
    private final List<Configuration> window = new ArrayList<>();
    private final List<Configuration> chosen = new ArrayList<>();
    private final List<Map<Object, Integer>> seen = new ArrayList<>();
    private int read;

    BalancedDraws(SearchSpace space, DrawSequence draws) {
        this.space = space;
        this.draws = draws;
        space.parameters().forEach(parameter -> seen.add(new HashMap<>()));
    }

    /** The configuration at this position; empty beyond the end of the draws. */
    Optional<Configuration> at(int position) {
        while (chosen.size() <= position && choose()) {
            // One more in each turn.
        }
        return position < chosen.size() ? Optional.of(chosen.get(position)) : Optional.empty();
    }

    private boolean choose() {
        while (window.size() < WINDOW) {
            Optional<Configuration> next = draws.at(read);
            if (next.isEmpty()) {
                break;
            }
            read++;
            window.add(next.get());
        }
        if (window.isEmpty()) {
            return false;
        }
        int best = 0;
        double lowest = Double.MAX_VALUE;
        for (int i = 0; i < window.size(); i++) {
            double repeated = repetition(window.get(i));
            if (repeated < lowest) {
                best = i;
                lowest = repeated;
            }
        }
        Configuration next = window.remove(best);
        chosen.add(next);
        for (int p = 0; p < seen.size(); p++) {
            seen.get(p).merge(part(space.parameters().get(p), next), 1, Integer::sum);
        }
        return true;
    }

    /** How often this point's values were chosen, weighted so that a switch counts as much as a wide range. */
    private double repetition(Configuration point) {
        double repeated = 0;
        for (int p = 0; p < seen.size(); p++) {
            Parameter parameter = space.parameters().get(p);
            repeated += seen.get(p).getOrDefault(part(parameter, point), 0) * Math.min(PARTS, parameter.cardinality());
        }
        return repeated;
    }

    private static Object part(Parameter parameter, Configuration point) {
        Object value = point.get(parameter.name());
        if (parameter instanceof IntegerParameter range && range.cardinality() > PARTS) {
            return (long) (((Long) value - range.low()) * PARTS / range.cardinality());
        }
        return value == null ? "null" : value;
    }
}
