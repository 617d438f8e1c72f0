package dev.perihelion.search.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.sim.SubSpace.Axis;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.ProductAtMost;
import dev.perihelion.search.space.SearchSpace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SubSpaceTest {

    private static final ParameterName ROWS = ParameterName.element("blocks", 0);
    private static final ParameterName COLUMNS = ParameterName.element("blocks", 1);
    private static final ParameterName FIRST = ParameterName.element("hints", 0);
    private static final ParameterName SECOND = ParameterName.element("hints", 1);
    private static final SearchSpace SPACE = new SearchSpace(
            List.of(
                    new PowerOfTwoParameter(ROWS, 1, 1024, 16),
                    new PowerOfTwoParameter(COLUMNS, 1, 1024, 16),
                    new EnumParameter(FIRST, Arrays.asList(null, "a"), null),
                    new EnumParameter(SECOND, Arrays.asList(null, "a"), null)),
            List.of(new ProductAtMost(List.of(ROWS, COLUMNS), 1, 4096, "elements of a tile")));

    @Test
    void isTheLegalPartOfTheProduct() {
        SubSpace sub = new SubSpace(
                SPACE,
                List.of(
                        new Axis(List.of(ROWS), List.of(16L, 64L, 1024L)),
                        new Axis(List.of(COLUMNS), List.of(4L, 128L)),
                        new Axis(List.of(FIRST, SECOND), Arrays.asList(null, "a"))));

        // 64 x 128 and 1024 x 128 are too large, and the hints go together.
        assertThat(sub.configurations())
                .hasSize(8)
                .allMatch(SPACE::contains)
                .allMatch(point -> java.util.Objects.equals(point.get(FIRST), point.get(SECOND)));
        assertThat(new SubSpace(SPACE, List.of()).configurations()).containsExactly(SPACE.defaultConfiguration());
    }

    @Test
    void refusesWrongValuesAndTooMany() {
        assertThatThrownBy(() -> new SubSpace(SPACE, List.of(new Axis(List.of(ROWS), List.of(3L)))))
                .hasMessageContaining("`blocks[0]` cannot be 3");
        Axis wide = new Axis(
                List.of(ROWS),
                LongStream.range(0, 2_000_001).<Object>mapToObj(x -> 16L).toList());
        assertThatThrownBy(() -> new SubSpace(SPACE, List.of(wide))).hasMessageContaining("Vary less");
    }
}
