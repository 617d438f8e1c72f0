package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GeneticSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return new GeneticSearch(space, seed, StrategyInputs.NONE);
    }

    @Test
    void findsTheBottomOfAValley() {
        long found = LongStream.range(0, 10)
                .filter(seed -> new Session(create(Spaces.everyKind(), seed))
                                .run(600, Landscapes::bowl)
                                .bestNanos()
                                .getAsDouble()
                        == Landscapes.BOWL_OPTIMUM_NANOS)
                .count();

        assertThat(found).as("of 10 seeds").isGreaterThanOrEqualTo(8);
    }

    @Test
    void breedsWhileChildrenArePending() {
        Session session = new Session(create(Spaces.everyKind(), 1)).run(40, Landscapes::bowl);
        session.ask(20);

        assertThat(create(Spaces.everyKind(), 1).name()).isEqualTo("genetic");
        assertThat(session.origins(20)).allMatch(origin -> origin.matches("genetic:(crossover|mutation)"));
    }

    @Test
    void refusesAPopulationThatCannotBreed() {
        assertThatThrownBy(() -> new GeneticSearch(Spaces.small(), 0, StrategyInputs.NONE, 1))
                .hasMessageContaining("`population`")
                .hasMessageContaining("not 1");
    }
}
