package dev.perihelion.search.strategy;

import static dev.perihelion.search.space.ParameterName.element;
import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JournalTest {

    private final SearchSpace space = Spaces.everyKind();

    @Test
    void theOpeningIsTheDefaultAndTenPointsThatDifferInTheirValues() {
        Journal journal = new Journal(space, 1, StrategyInputs.NONE);
        List<Configuration> opening = opening(journal, 100, List.of());

        assertThat(opening).hasSize(11).startsWith(space.defaultConfiguration());
        Set<Object> tiles = opening.stream()
                .map(point -> point.get(element("block_sizes", 0)))
                .collect(Collectors.toSet());
        assertThat(tiles).as("of eleven block sizes").hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void theOpeningCountsWhatIsPendingAndReplacesFailures() {
        Journal journal = new Journal(space, 2, StrategyInputs.NONE);
        List<Configuration> all = opening(journal, 100, List.of());
        assertThat(opening(journal, 100, all)).isEmpty();

        all.forEach(
                point -> journal.learn(new Trial(0, point, "x", TrialResult.failed(Outcome.COMPILE_ERROR, "made up"))));
        List<Configuration> more = opening(journal, 100, List.of());
        assertThat(more).hasSize(11).doesNotContainAnyElementsOf(all);

        more.forEach(point -> journal.learn(new Trial(0, point, "x", TrialResult.measured(10))));
        assertThat(opening(journal, 100, List.of())).isEmpty();
    }

    @Test
    void seedsStandInForMostOfTheOpening() {
        List<Configuration> seeds =
                space.neighbours(space.defaultConfiguration()).subList(0, 10);
        Journal journal = new Journal(space, 3, new StrategyInputs(seeds, CostModel.NONE));

        assertThat(opening(journal, 100, List.of())).hasSize(13).startsWith(seeds.toArray(Configuration[]::new));
    }

    @Test
    void ranksWhatRan() {
        Journal journal = new Journal(space, 4, StrategyInputs.NONE);
        List<Configuration> points = opening(journal, 4, List.of());
        for (int i = 0; i < 3; i++) {
            journal.learn(new Trial(i, points.get(i), "x", TrialResult.measured(i == 1 ? 5 : 10)));
        }
        journal.learn(new Trial(3, points.get(3), "x", TrialResult.failed(Outcome.LAUNCH_ERROR, "made up")));
        journal.learn(new Trial(4, Configuration.fromJson("{\"other\":1}"), "x", TrialResult.measured(1)));

        assertThat(journal.fastest(5))
                .extracting(Journal.Ranked::configuration)
                .containsExactly(points.get(1), points.get(0), points.get(2));
        assertThat(journal.best().orElseThrow().latencyNanos()).isEqualTo(5);
        assertThat(journal.measured()).isEqualTo(3);
    }

    private static List<Configuration> opening(Journal journal, int count, List<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, "test", pending);
        return batch.suggestions().stream().map(Suggestion::configuration).toList();
    }
}
