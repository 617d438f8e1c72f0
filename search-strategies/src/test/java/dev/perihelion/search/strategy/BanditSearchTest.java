package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BanditSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return new BanditSearch(space, seed, StrategyInputs.NONE);
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
        assertThat(session.told().subList(1, 11))
                .allMatch(trial -> trial.origin().equals("bandit:opening"));
        assertThat(session.told().subList(11, 60))
                .noneMatch(trial -> trial.origin().contains("opening"));
    }

    @Test
    void triesEveryArmAndNamesItInTheOrigin() {
        Session session = new Session(create(Spaces.everyKind(), 2)).run(60, Landscapes::bowl);

        assertThat(session.told().subList(11, 60).stream()
                        .map(trial -> trial.origin().split(":")[1])
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(BanditSearch.DEFAULT_ARMS);
    }

    @Test
    void givesMoreToTheArmThatBringsMore() {
        SearchSpace space = Spaces.everyKind();
        Session session = new Session(new BanditSearch(space, 3, StrategyInputs.NONE, List.of("random", "pattern")))
                .run(100, Landscapes::bowl);

        long pattern = session.told().stream()
                .filter(trial -> trial.origin().startsWith("bandit:pattern"))
                .count();
        assertThat(pattern).isBetween(46L, 88L);
    }
}
