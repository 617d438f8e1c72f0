package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.space.Spaces;
import org.junit.jupiter.api.Test;

class StrategiesTest {

    @Test
    void everyNameGivesAStrategyOfThatName() {
        assertThat(Strategies.names())
                .contains("random", "exhaustive", "portfolio", "pattern", "genetic", "annealing", "bandit")
                .doesNotHaveDuplicates()
                .allMatch(name ->
                        Strategies.create(name, Spaces.small(), 0).name().equals(name));
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() {
        assertThatThrownBy(() -> Strategies.create("patern", Spaces.small(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Unknown strategy `patern`; did you mean `pattern`?")
                .hasMessageContaining("random");
        assertThatThrownBy(() -> Strategies.create("rnd", Spaces.small(), 0)).hasMessageContaining("`random`?");
    }
}
