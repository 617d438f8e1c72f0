package dev.perihelion.search.strategy;

import static dev.perihelion.search.space.ParameterName.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.space.BooleanParameter;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MutationsTest {

    private final SearchSpace space = Spaces.everyKind();
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void everythingThatComesOutIsLegal() {
        Configuration at = space.defaultConfiguration();
        for (int i = 0; i < 500; i++) {
            Configuration other = space.random(random);
            Configuration next = Mutations.mutate(space, at, random);
            assertThat(space.contains(next)).isTrue();
            assertThat(next).isNotEqualTo(at);
            assertThat(space.contains(Mutations.cross(space, next, other, random)))
                    .isTrue();
            at = next;
        }
    }

    @Test
    void stepsReachEveryParameter() {
        Set<ParameterName> changed = new HashSet<>();
        Configuration from = space.defaultConfiguration().with(scalar("pid_type"), "persistent_blocked");
        for (int i = 0; i < 300; i++) {
            Configuration step = Mutations.step(space, from, random);
            space.parameters().stream()
                    .map(Parameter::name)
                    .filter(name -> !Objects.equals(step.get(name), from.get(name)))
                    .forEach(changed::add);
        }

        assertThat(changed)
                .containsExactlyInAnyOrderElementsOf(
                        space.parameters().stream().map(Parameter::name).toList());
    }

    @Test
    void aChildHasItsParentsValues() {
        SearchSpace free = new SearchSpace(
                List.of(
                        new PowerOfTwoParameter(scalar("a"), 1, 64, 1),
                        new IntegerParameter(scalar("b"), 0, 9, 0),
                        new BooleanParameter(scalar("c"), false)),
                List.of());
        Configuration one = free.defaultConfiguration();
        Configuration other = one.with(scalar("a"), 64).with(scalar("b"), 9).with(scalar("c"), true);
        Set<Configuration> children = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            children.add(Mutations.cross(free, one, other, random));
        }

        assertThat(children).hasSize(8);
    }

    @Test
    void shiftsWithinBoundsAndMeasuresTheWay() {
        PowerOfTwoParameter tile = new PowerOfTwoParameter(scalar("tile"), 4, 64, 8);
        IntegerParameter stages = new IntegerParameter(scalar("stages"), 1, 8, 2);

        assertThat(Mutations.shift(tile, 8L, 2)).isEqualTo(32L);
        assertThat(Mutations.shift(tile, 8L, 9)).isEqualTo(64L);
        assertThat(Mutations.shift(tile, 8L, -9)).isEqualTo(4L);
        assertThat(Mutations.shift(stages, 2L, -5)).isEqualTo(1L);
        assertThat(Mutations.distance(tile, 64L, 8L)).isEqualTo(-3);
        assertThat(Mutations.distance(stages, 2L, 7L)).isEqualTo(5);
        assertThatThrownBy(() -> Mutations.shift(new BooleanParameter(scalar("c"), false), true, 1))
                .hasMessageContaining("`c` has no order");
    }
}
