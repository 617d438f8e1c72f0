package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Not a search, so the contract of searches (new points until the space is exhausted) is not its own. */
@Timeout(30)
class ListedSearchTest {

    private static final SearchSpace SPACE =
            new SearchSpace(List.of(new IntegerParameter(ParameterName.scalar("x"), 0, 9, 0)), List.of());

    private static Configuration point(long x) {
        return Configuration.of(Map.of("x", x));
    }

    @Test
    void triesTheListInOrderAndNothingElse() {
        SearchStrategy strategy = Strategies.create(
                "listed",
                SPACE,
                1,
                new StrategyInputs(List.of(point(7), point(3), point(70), point(7), point(5)), CostModel.NONE));

        assertThat(strategy.ask(10, List.of()))
                .extracting(Suggestion::configuration)
                .containsExactly(point(7), point(3), point(5));
        assertThat(strategy.ask(1, List.of(point(7)))).containsExactly(new Suggestion(point(3), "listed"));
        strategy.tell(new Trial(0, point(3), "listed", TrialResult.measured(1)));
        strategy.tell(new Trial(1, point(9), "default", TrialResult.measured(1)));
        assertThat(strategy.ask(10, List.of(point(5))))
                .extracting(Suggestion::configuration)
                .containsExactly(point(7));
        strategy.tell(new Trial(2, point(7), "listed", TrialResult.measured(1)));
        strategy.tell(new Trial(3, point(5), "listed", TrialResult.measured(1)));
        assertThat(strategy.ask(10, List.of())).isEmpty();
        assertThat(Strategies.create("listed", SPACE, 1).ask(3, List.of())).isEmpty();
    }
}
