package dev.perihelion.search.space;

import static dev.perihelion.search.space.ParameterName.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ListedConfigurationsTest {

    private static final ParameterName WIDTH = scalar("width");
    private static final ParameterName ORDER = scalar("order");
    private static final ParameterName MODE = scalar("mode");

    /** Widths are multiples of 16; mode "c" exists beside a width of 64 only, which no other mode has. */
    private static final List<Configuration> ROWS = LongStream.of(16, 32, 64, 96)
            .boxed()
            .flatMap(width -> List.of("a", "b", "c").stream()
                    .filter(mode -> mode.equals("c") == (width == 64))
                    .map(mode -> row(width, mode, List.of(0L, 1L))))
            .toList();

    private final SearchSpace space = space(ROWS);

    @Test
    void allowsTheListAndNothingElse() {
        assertThat(space.enumerate()).containsExactlyElementsOf(ROWS);
        assertThat(ROWS).allMatch(space::contains);
        assertThat(space.violation(row(64, "a", List.of(0L, 1L))).orElseThrow())
                .startsWith("Not among the 7 listed configurations");
        assertThat(space.violation(row(640, "a", List.of(0L, 1L))).orElseThrow())
                .contains("`width` cannot be 640");
    }

    @Test
    void drawsEveryRowAndNoOther() {
        SplittableRandom random = new SplittableRandom(1);
        Set<Configuration> drawn = new HashSet<>();
        IntStream.range(0, 200).forEach(i -> drawn.add(space.random(random)));

        assertThat(drawn).containsExactlyInAnyOrderElementsOf(ROWS);
    }

    @Test
    void aStepLeadsToTheNextListedValueInEachDirection() {
        Configuration centre = row(32, "a", List.of(0L, 1L));

        assertThat(space.neighbours(centre))
                .containsExactly(
                        row(16, "a", List.of(0L, 1L)), row(96, "a", List.of(0L, 1L)), row(32, "b", List.of(0L, 1L)));
        assertThat(space.steps(centre, space.parameter(WIDTH)))
                .containsExactly(row(16, "a", List.of(0L, 1L)), row(96, "a", List.of(0L, 1L)));
        assertThat(space.neighbourValues(space.parameter(WIDTH), 32L)).containsExactly(16L, 64L);
        assertThat(space.neighbours(row(64, "c", List.of(0L, 1L)))).isEmpty();
    }

    @Test
    void repairsToTheRowThatDiffersLeast() {
        assertThat(space.repair(row(48, "b", List.of(1L, 0L)))).isEqualTo(row(32, "b", List.of(0L, 1L)));
        assertThat(space.repair(row(64, "b", List.of(0L, 1L)))).isEqualTo(row(32, "b", List.of(0L, 1L)));
        assertThat(space.repair(row(64, "c", List.of(0L, 1L)))).isEqualTo(row(64, "c", List.of(0L, 1L)));
        assertThatThrownBy(() -> space.repair(Configuration.of(Map.of("width", 16))))
                .hasMessageContaining("missing");
    }

    @Test
    void countsRowsAndNotTheProduct() {
        assertThat(space.isListed()).isTrue();
        assertThat(space.isEnumerable(7)).isTrue();
        assertThat(space.isEnumerable(6)).isFalse();
        assertThat(space.sizeLog10()).isEqualTo(Math.log10(7));
    }

    @Test
    void otherConstraintsStillHold() {
        SearchSpace narrow = new SearchSpace(
                space.parameters(),
                List.of(new ListedConfigurations(names(), ROWS), new ProductAtMost(List.of(WIDTH), 1, 32, "columns")));

        assertThat(narrow.enumerate()).hasSize(4).allMatch(row -> row.getLong(WIDTH) <= 32);
        assertThat(narrow.contains(row(96, "a", List.of(0L, 1L)))).isFalse();
    }

    @Test
    void neighboursOfAFullProductAreTheUsualOnes() {
        SearchSpace small = Spaces.small();
        List<Configuration> rows = small.enumerate().toList();
        SearchSpace listed = new SearchSpace(
                small.parameters(),
                List.of(new ListedConfigurations(
                        small.parameters().stream().map(Parameter::name).toList(), rows)));

        Predicate<Configuration> same =
                row -> new HashSet<>(listed.neighbours(row)).equals(new HashSet<>(small.neighbours(row)));
        assertThat(rows).allMatch(same);
    }

    @Test
    void refusesRowsOfAnotherSpaceAndEmptyLists() {
        assertThatThrownBy(() -> space(List.of(Configuration.of(Map.of("width", 16)))))
                .hasMessage(
                        "A listed configuration does not fit the space: `width` is missing.".replace("width", "order"));
        assertThatThrownBy(() -> new ListedConfigurations(names(), List.of())).hasMessageContaining("at least one");
    }

    private static SearchSpace space(List<Configuration> rows) {
        return new SearchSpace(
                List.of(
                        new IntegerParameter(WIDTH, 16, 128, 16),
                        new PermutationParameter(ORDER, 2),
                        new EnumParameter(MODE, List.of("a", "b", "c"), "a")),
                List.of(new ListedConfigurations(names(), rows)));
    }

    private static List<ParameterName> names() {
        return List.of(WIDTH, ORDER, MODE);
    }

    private static Configuration row(long width, String mode, List<Long> order) {
        return Configuration.of(Map.of("width", width, "mode", mode, "order", order));
    }
}
