package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.TrialResult;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RandomSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return new RandomSearch(space, seed);
    }

    @Test
    void resultsDoNotChangeTheOrder() {
        List<Configuration> whole = create(Spaces.everyKind(), 3).ask(50, List.of()).stream()
                .map(Suggestion::configuration)
                .toList();

        List<Configuration> oneByOne = new Session(create(Spaces.everyKind(), 3))
                .run(50, Landscapes::bowl).told().stream()
                        .map(trial -> trial.configuration())
                        .toList();

        assertThat(oneByOne).isEqualTo(whole);
    }

    @Test
    void aLostTrialIsProposedAgain() {
        SearchStrategy strategy = create(Spaces.everyKind(), 4);
        List<Suggestion> first = strategy.ask(3, List.of());
        Session session = new Session(strategy);
        session.tell(first.get(1).configuration(), TrialResult.measured(10));

        assertThat(strategy.ask(2, List.of())).containsExactly(first.get(0), first.get(2));
    }

    @Test
    void allProgramIdTypesAreTried() {
        var types = create(Spaces.everyKind(), 5).ask(60, List.of()).stream()
                .collect(Collectors.groupingBy(
                        suggestion -> suggestion.configuration().get(ParameterName.scalar("pid_type")),
                        Collectors.counting()));

        assertThat(types)
                .hasSize(4)
                .allSatisfy((type, count) -> assertThat(count).isGreaterThan(5));
    }
}
