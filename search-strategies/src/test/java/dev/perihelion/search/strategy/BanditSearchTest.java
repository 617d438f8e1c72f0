package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract with small forests, because it asks thousands of times. */
class BanditSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return create(space, seed, StrategyInputs.NONE);
    }

    @Override
    protected SearchStrategy create(SearchSpace space, long seed, StrategyInputs inputs) {
        List<SearchStrategy> arms = BanditSearch.DEFAULT_ARMS.stream()
                .map(name -> switch (name) {
                    case "lfbo" -> new LfboSearch(space, seed, inputs, LfboSearchTest.SMALL);
                    case "bayes" -> new BayesSearch(space, seed, inputs, BayesSearchTest.SMALL);
                    default -> Strategies.create(name, space, seed, inputs);
                })
                .toList();
        return new BanditSearch(space, seed, inputs, arms);
    }

    @Test
    void findsTheBottomOfAValleyFromEverySeed() {
        List<Double> best = LongStream.range(0, 10)
                .mapToObj(seed -> new Session(create(Spaces.everyKind(), seed)).run(400, Landscapes::bowl))
                .map(session -> session.bestNanos().getAsDouble())
                .toList();

        assertThat(best).containsOnly(Landscapes.BOWL_OPTIMUM_NANOS);
    }

    @Test
    void theArmsShareOneOpening() {
        Session session = new Session(create(Spaces.everyKind(), 1)).run(60, Landscapes::bowl);

        assertThat(session.told().subList(0, 1))
                .allMatch(trial -> trial.origin().equals("bandit:seed"));
        assertThat(session.told().subList(1, 17))
                .allMatch(trial -> trial.origin().equals("bandit:opening"));
        assertThat(session.told().subList(17, 60))
                .noneMatch(trial -> trial.origin().contains("opening"));
    }

    @Test
    void triesEveryArmAndNamesItInTheOrigin() {
        Session session = new Session(create(Spaces.everyKind(), 2)).run(60, Landscapes::bowl);

        assertThat(session.told().subList(17, 60).stream()
                        .map(trial -> trial.origin().split(":")[1])
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(BanditSearch.DEFAULT_ARMS);
    }

    @Test
    void theFirstArmLeadsAndTheOthersShareTheRestByWhatTheyBring() {
        SearchSpace space = Spaces.everyKind();
        List<SearchStrategy> arms = Stream.of("random", "pattern")
                .map(name -> Strategies.create(name, space, 3))
                .toList();
        Session session = new Session(new BanditSearch(space, 3, StrategyInputs.NONE, arms)).run(200, Landscapes::bowl);

        long leader = session.told().stream()
                .filter(trial -> trial.origin().startsWith("bandit:random"))
                .count();
        assertThat(leader).isBetween(110L, 165L);
    }
}
