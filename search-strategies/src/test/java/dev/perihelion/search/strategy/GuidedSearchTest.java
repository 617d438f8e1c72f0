package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ideas that {@code lfbo} and {@code bayes} share, at full size. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuidedSearchTest {

    private static final int SEEDS = 8;

    @ParameterizedTest
    @ValueSource(strings = {"lfbo", "bayes"})
    void findsTheValleyFarSoonerThanRandomSearch(String name) {
        double guided = 0;
        double random = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            guided += best(name, seed, 120);
            random += best("random", seed, 120);
        }

        assertThat(guided / SEEDS)
                .isLessThan(1.3 * Landscapes.BOWL_OPTIMUM_NANOS)
                .isLessThan(0.8 * random / SEEDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lfbo", "bayes"})
    void learnsWhatFails(String name) {
        Session session = new Session(Strategies.create(name, Spaces.everyKind(), 4));
        session.run(150, Landscapes::bowlWithFailures);
        List<Trial> told = session.told();

        assertThat(failures(told.subList(50, 150))).isLessThan(failures(told.subList(0, 50)) + 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lfbo", "bayes"})
    void aBatchIsNotAllOfOneKind(String name) {
        SearchStrategy strategy = Strategies.create(name, Spaces.everyKind(), 5);
        new Session(strategy).run(60, Landscapes::bowl);

        List<Configuration> batch = strategy.ask(32, List.of()).stream()
                .map(Suggestion::configuration)
                .toList();

        Set<Object> tiles = new HashSet<>();
        batch.forEach(configuration -> tiles.add(configuration.values().get("block_sizes")));
        assertThat(batch).hasSize(32);
        assertThat(tiles).hasSizeGreaterThan(4);
    }

    @Test
    void whatIsUnderWayChangesWhatIsProposedNext() {
        SearchStrategy strategy = Strategies.create("lfbo", Spaces.everyKind(), 6);
        new Session(strategy).run(60, Landscapes::bowl);
        List<Configuration> alone = strategy.ask(8, List.of()).stream()
                .map(Suggestion::configuration)
                .toList();

        List<Configuration> later = strategy.ask(4, alone.subList(0, 4)).stream()
                .map(Suggestion::configuration)
                .toList();

        assertThat(later).isEqualTo(alone.subList(4, 8));
    }

    @Test
    void someProposalsComeFromTheWholeSpace() {
        SearchStrategy strategy = Strategies.create("lfbo", Spaces.everyKind(), 7);
        new Session(strategy).run(60, Landscapes::bowl);

        assertThat(strategy.ask(24, List.of()))
                .extracting(Suggestion::origin)
                .contains("lfbo:model")
                .filteredOn("lfbo:anywhere"::equals)
                .hasSize(4);
    }

    @Test
    void whatCompilesLongMustPromiseMore() {
        ParameterName warps = ParameterName.scalar("num_warps");
        CostModel slowWarps = new CostModel() {
            @Override
            public double compileMillis(Configuration configuration) {
                return configuration.getLong(warps) >= 8 ? 100_000 : 1_000;
            }

            @Override
            public boolean mayRun(Configuration configuration) {
                return true;
            }
        };
        List<Long> cheap = new ArrayList<>();
        List<Long> free = new ArrayList<>();
        for (CostModel costs : List.of(slowWarps, CostModel.NONE)) {
            SearchStrategy strategy =
                    Strategies.create("lfbo", Spaces.everyKind(), 8, new StrategyInputs(List.of(), costs));
            Session session = new Session(strategy).run(60, Landscapes::bowl);
            (costs == slowWarps ? cheap : free)
                    .add(session.told().stream()
                            .filter(trial -> trial.configuration().getLong(warps) >= 8)
                            .count());
        }

        assertThat(cheap.get(0)).isLessThan(free.get(0));
    }

    private static double best(String name, long seed, int evaluations) {
        return new Session(Strategies.create(name, Spaces.everyKind(), seed))
                .run(evaluations, Landscapes::bowl)
                .bestNanos()
                .getAsDouble();
    }

    private static long failures(List<Trial> trials) {
        return trials.stream()
                .filter(trial -> trial.result().latencyNanos().isEmpty())
                .count();
    }
}
