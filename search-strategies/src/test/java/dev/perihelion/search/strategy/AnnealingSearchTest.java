package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.TrialResult;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AnnealingSearchTest extends StrategyContract {

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return new AnnealingSearch(space, seed, StrategyInputs.NONE);
    }

    @Test
    void findsTheBottomOfAValley() {
        long found = LongStream.range(0, 10)
                .filter(seed -> new Session(create(Spaces.everyKind(), seed))
                                .run(600, Landscapes::bowl)
                                .bestNanos()
                                .getAsDouble()
                        == Landscapes.BOWL_OPTIMUM_NANOS)
                .count();

        assertThat(found).as("of 10 seeds").isGreaterThanOrEqualTo(8);
    }

    @Test
    void thereIsAChainForEverySixteenProposalsUnderWay() {
        Session one = new Session(create(Spaces.everyKind(), 1)).run(40, Landscapes::bowl);
        Session many = new Session(create(Spaces.everyKind(), 1)).run(11, Landscapes::bowl);
        many.ask(64);

        assertThat(Set.copyOf(one.origins(20))).allMatch(origin -> origin.endsWith(":0"));
        assertThat(Set.copyOf(many.origins(40))).hasSize(4);
    }

    @Test
    void aWarmChainTakesLossesAndAColdOneDoesNot() {
        SearchSpace space = Spaces.everyKind();
        List<Configuration> around = space.neighbours(space.defaultConfiguration());
        Journal journal = new Journal(space, 0, StrategyInputs.NONE);
        int warm = 0;
        int cold = 0;
        for (int seed = 0; seed < 100; seed++) {
            Chain chain = new Chain(0, seed);
            chain.judge(space.defaultConfiguration(), OptionalDouble.of(100));
            chain.judge(around.get(0), OptionalDouble.of(104));
            warm += chain.base(journal).equals(around.get(0)) ? 1 : 0;
            for (int i = 0; i < 200; i++) {
                chain.judge(around.get(1), OptionalDouble.of(50 - 0.01 * i));
            }
            chain.judge(around.get(2), OptionalDouble.of(52));
            cold += chain.base(journal).equals(around.get(2)) ? 1 : 0;
        }

        assertThat(warm).isBetween(20, 70);
        assertThat(cold).isZero();
    }

    @Test
    void startsAgainFromADisturbedPointWhenNothingImproves() {
        Session session = new Session(create(Spaces.everyKind(), 2));
        session.run(80, configuration -> TrialResult.measured(100));

        assertThat(new HashSet<>(session.origins(40))).contains("annealing:kick:0");
    }

    @Test
    void followsABestPointThatSomeoneElseFound() {
        SearchSpace space = Spaces.everyKind();
        Session session = new Session(create(space, 3)).run(30, configuration -> TrialResult.measured(1000));
        Configuration foreign = space.repair(
                space.neighbours(space.neighbours(space.defaultConfiguration()).get(0))
                        .get(5));
        session.tell(foreign, TrialResult.measured(10));

        Configuration next = session.ask(1).get(0);
        long changed = space.parameters().stream()
                .filter(parameter -> !Objects.equals(next.get(parameter.name()), foreign.get(parameter.name())))
                .count();
        assertThat(changed).isBetween(1L, 3L);
    }
}
