package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.List;

/**
 * What a strategy may know beside space and seed. Part of what its state is a function of: a resumed search gets the same.
 *
 * @param seeds configurations to try first, in this order: the default, the user's, the best ones of near tasks; those
 *     that the space does not hold are passed over. Empty stands for the default alone
 * @param costs what is known of configurations before they are compiled
 */
public record StrategyInputs(List<Configuration> seeds, CostModel costs) {

    /** No seeds, and nothing known beforehand. */
    public static final StrategyInputs NONE = new StrategyInputs(List.of(), CostModel.NONE);

    public StrategyInputs {
        seeds = List.copyOf(seeds);
        if (costs == null) {
            throw new IllegalArgumentException("Inputs need a cost model; CostModel.NONE knows nothing.");
        }
    }

    /** The seeds that are legal in this space and may run, without repetition; the default where none are given. */
    List<Configuration> seedsFor(SearchSpace space) {
        List<Configuration> given = seeds.isEmpty() ? List.of(space.defaultConfiguration()) : seeds;
        return given.stream()
                .distinct()
                .filter(seed -> space.contains(seed) && costs.mayRun(seed))
                .toList();
    }
}
