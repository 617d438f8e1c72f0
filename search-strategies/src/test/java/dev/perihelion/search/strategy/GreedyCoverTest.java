package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GreedyCoverTest {

    private static final Configuration A = point("a");
    private static final Configuration B = point("b");
    private static final Configuration BOTH = point("both");

    private final List<Map<Configuration, Double>> tasks =
            List.of(Map.of(A, 1.0, B, 9.0, BOTH, 1.2), Map.of(A, 900.0, B, 100.0, BOTH, 120.0));

    @Test
    void choosesWhatSuitsMostTasksFirst() {
        assertThat(GreedyCover.choose(tasks, 1)).containsExactly(BOTH);
        assertThat(GreedyCover.choose(tasks, 3)).containsExactly(BOTH, A, B);
    }

    @Test
    void stopsWhereMoreBringsNothing() {
        assertThat(GreedyCover.choose(tasks.subList(0, 1), 3)).containsExactly(A);
        assertThat(GreedyCover.choose(List.of(), 3)).isEmpty();
    }

    private static Configuration point(String name) {
        return Configuration.of(Map.of("x", name));
    }
}
