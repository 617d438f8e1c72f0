package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.TrialResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract with few neighbours and trees, because it asks thousands of times; the idea as published. */
class LfboTreeSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return create(space, seed, StrategyInputs.NONE);
    }

    @Override
    protected SearchStrategy create(SearchSpace space, long seed, StrategyInputs inputs) {
        return new LfboTreeSearch(space, seed, inputs, 20, 10);
    }

    @Test
    void startsWithAHundredAndThenKeepsATenthOfEachNeighbourhood() {
        SearchStrategy strategy = new LfboTreeSearch(Spaces.everyKind(), 1);
        Session session = new Session(strategy);
        List<Configuration> start = session.ask(1000).subList(0, 100);
        assertThat(strategy.ask(1000, List.of()).stream().limit(100))
                .allMatch(suggestion -> suggestion.origin().equals("lfbo-tree:start"));
        start.forEach(configuration -> session.tell(configuration, Landscapes.bowl(configuration)));

        List<Suggestion> generation = strategy.ask(100, List.of());

        // 200 neighbours of each of 5 copies, of which equal ones count once.
        assertThat(generation).hasSize(100);
        assertThat(generation.stream().filter(suggestion -> suggestion.origin().equals("lfbo-tree:generation")))
                .hasSizeBetween(50, 100);
    }

    @Test
    void aGenerationIsHandedOutWholeAndTheNextWaitsForIt() {
        SearchStrategy strategy = new LfboTreeSearch(Spaces.everyKind(), 2);
        Session session = new Session(strategy);
        for (int i = 0; i < 100; i++) {
            Configuration next = session.ask(1).get(0);
            session.tell(next, Landscapes.bowl(next));
        }
        List<Suggestion> generation = strategy.ask(1000, List.of()).stream()
                .filter(suggestion -> suggestion.origin().equals("lfbo-tree:generation"))
                .toList();
        Configuration next = session.ask(1).get(0);
        session.tell(next, Landscapes.bowl(next));

        assertThat(strategy.ask(10, List.of())).isEqualTo(generation.subList(1, 11));
    }

    @Test
    void endsWithWholeNeighbourhoodsAndStartsOver() {
        Map<String, Long> origins =
                origins(new LfboTreeSearch(Spaces.everyKind(), 3, StrategyInputs.NONE, 20, 10), 900);

        assertThat(origins.keySet())
                .containsExactlyInAnyOrder("lfbo-tree:start", "lfbo-tree:generation", "lfbo-tree:descent");
        assertThat(origins.get("lfbo-tree:start")).isGreaterThan(100);
    }

    @Test
    void aSpaceWithoutAnyLatencyIsDrawnFrom() {
        Session session = new Session(create(Spaces.everyKind(), 4))
                .run(250, configuration -> TrialResult.failed(Outcome.COMPILE_ERROR, "no"));

        assertThat(session.told()).hasSize(250);
    }

    private static Map<String, Long> origins(SearchStrategy strategy, int evaluations) {
        Session session = new Session(strategy);
        return IntStream.range(0, evaluations)
                .mapToObj(i -> {
                    Suggestion next = strategy.ask(1, session.pending()).get(0);
                    session.tell(next.configuration(), Landscapes.bowlWithFailures(next.configuration()));
                    return next.origin();
                })
                .collect(Collectors.groupingBy(origin -> origin, Collectors.counting()));
    }
}
