package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExhaustiveSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return new ExhaustiveSearch(space, seed, StrategyInputs.NONE);
    }

    @Test
    void startsAtTheDefaultAndTriesAllValuesEarly() {
        List<Configuration> first = create(Spaces.small(), 1).ask(8, List.of()).stream()
                .map(Suggestion::configuration)
                .toList();

        assertThat(first.get(0)).isEqualTo(Spaces.small().defaultConfiguration());
        Set<Object> tiles = first.stream()
                .map(point -> point.get(ParameterName.element("block_sizes", 0)))
                .collect(Collectors.toSet());
        assertThat(tiles).as("of five block sizes").hasSize(5);
    }
}
