package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StrategyInputsTest {

    private final SearchSpace space = Spaces.everyKind();

    @Test
    void withoutSeedsTheDefaultIsTheSeed() {
        assertThat(StrategyInputs.NONE.seedsFor(space)).containsExactly(space.defaultConfiguration());
    }

    @Test
    void passesOverSeedsOfOtherSpacesAndRepeatedOnes() {
        Configuration legal = space.neighbours(space.defaultConfiguration()).get(0);
        StrategyInputs inputs =
                new StrategyInputs(List.of(legal, Configuration.fromJson("{\"other\":1}"), legal), CostModel.NONE);

        assertThat(inputs.seedsFor(space)).containsExactly(legal);
    }

    @Test
    void needsACostModel() {
        assertThatThrownBy(() -> new StrategyInputs(List.of(), null)).hasMessageContaining("CostModel.NONE");
    }
}
