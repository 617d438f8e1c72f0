package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every strategy must do. A strategy's test class extends this and says how to create it; tests of the strategy's own
 * ideas stand in that class.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class StrategyContract {

    private final SearchSpace space = Spaces.everyKind();

    /** A fresh instance. */
    protected abstract SearchStrategy create(SearchSpace space, long seed);

    /** A fresh instance that knows something beforehand. */
    protected SearchStrategy create(SearchSpace ofSpace, long seed, StrategyInputs inputs) {
        return Strategies.create(create(ofSpace, seed).name(), ofSpace, seed, inputs);
    }

    /** Whether the seed matters; false for a strategy without chance. */
    protected boolean usesSeed() {
        return true;
    }

    /** Values that make no difference are not proposed, whatever was told. */
    @Test
    void valuesThatMakeNoDifferenceAreLeftAlone() {
        Session session = new Session(create(Spaces.narrowed(), 4));
        session.run(
                100,
                configuration -> result(
                        Outcome.MEASURED,
                        OptionalDouble.of(1000.0 / (long) configuration.get(ParameterName.scalar("num_warps")))));

        assertThat(session.told())
                .isNotEmpty()
                .extracting(Trial::configuration)
                .allSatisfy(configuration -> assertThat(configuration.get(ParameterName.scalar("num_stages")))
                        .isIn(1L, 2L));
    }

    @Test
    void isRegisteredUnderItsName() {
        SearchStrategy strategy = create(space, 0);

        assertThat(Strategies.names()).contains(strategy.name());
        assertThat(Strategies.create(strategy.name(), space, 0)).hasSameClassAs(strategy);
    }

    @Test
    void refusesToBeAskedForNothing() {
        SearchStrategy strategy = create(space, 0);

        assertThatThrownBy(() -> strategy.ask(0, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void proposesLegalNewConfigurationsAtAnyBatchSize(int batch) {
        Session session = new Session(create(space, 1));
        Set<Configuration> proposed = new HashSet<>();
        while (proposed.size() < 240) {
            List<Configuration> answer = session.ask(batch);
            assertThat(answer).isNotEmpty().hasSizeLessThanOrEqualTo(batch);
            for (Configuration configuration : answer) {
                assertThat(space.violation(configuration)).isEmpty();
                assertThat(proposed.add(configuration))
                        .as("%s is new", configuration)
                        .isTrue();
            }
            answer.forEach(configuration -> session.tell(configuration, Landscapes.bowlWithFailures(configuration)));
        }
    }

    @Test
    void originsSayWhoProposes() {
        SearchStrategy strategy = create(space, 1);

        assertThat(strategy.ask(5, List.of()))
                .isNotEmpty()
                .allMatch(suggestion -> !suggestion.origin().isBlank());
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void goesOnWhenEveryTrialEndsInTheSameWay(Outcome outcome) {
        Session session = new Session(create(space, 2));
        session.run(120, configuration -> result(outcome, OptionalDouble.empty()));

        assertThat(session.told())
                .hasSize(120)
                .extracting(Trial::configuration)
                .doesNotHaveDuplicates()
                .allMatch(space::contains);
    }

    @Test
    void takesMixedOutcomes() {
        Session session = new Session(create(space, 3));
        Outcome[] outcomes = Outcome.values();
        int[] count = {0};
        session.run(
                200,
                configuration -> result(
                        outcomes[count[0]++ % outcomes.length],
                        Landscapes.bowl(configuration).latencyNanos()));

        assertThat(session.told()).hasSize(200).extracting(Trial::configuration).doesNotHaveDuplicates();
    }

    @Test
    void takesResultsInAnyOrderAndLate() {
        Session session = new Session(create(space, 4));
        SplittableRandom random = new SplittableRandom(4);
        Configuration late = session.ask(1).get(0);
        for (int i = 0; i < 200; i++) {
            session.ask(4);
            List<Configuration> others = new ArrayList<>(session.pending());
            others.remove(late);
            assertThat(others)
                    .as("something to work on while one trial is late")
                    .isNotEmpty();
            Configuration next = others.get(random.nextInt(others.size()));
            session.tell(next, Landscapes.bowlWithFailures(next));
            session.tell(new Trial(i, next, "test", Landscapes.bowl(next)));
        }
        session.tell(late, Landscapes.bowl(late));

        assertThat(session.ask(4)).allMatch(space::contains).doesNotContain(late);
    }

    @Test
    void neverProposesForeignTrialsAgain() {
        Session session = new Session(create(space, 5));
        Set<Configuration> foreign = new HashSet<>();
        foreign.add(space.defaultConfiguration());
        foreign.addAll(space.neighbours(space.defaultConfiguration()));
        for (Suggestion suggestion : create(space, 5).ask(20, List.of())) {
            foreign.add(suggestion.configuration());
        }
        foreign.forEach(configuration -> session.tell(configuration, Landscapes.bowl(configuration)));
        session.tell(space.defaultConfiguration().with(ParameterName.scalar("num_warps"), 3), TrialResult.measured(1));
        session.tell(Configuration.fromJson("{\"other\":1}"), TrialResult.measured(1));
        session.run(200, Landscapes::bowl);

        assertThat(session.told().subList(foreign.size() + 2, foreign.size() + 202))
                .extracting(Trial::configuration)
                .allMatch(space::contains)
                .doesNotContainAnyElementsOf(foreign);
    }

    @Test
    void learnsARepeatedResultOnce() {
        Session once = new Session(create(space, 6));
        Session twice = new Session(create(space, 6));
        for (int i = 0; i < 100; i++) {
            Configuration next = once.ask(1).get(0);
            assertThat(twice.ask(1)).containsExactly(next);
            once.tell(next, Landscapes.bowl(next));
            twice.tell(next, Landscapes.bowl(next));
            twice.tell(next, Landscapes.bowl(next));
            twice.tell(next, TrialResult.measured(1));
        }

        assertThat(twice.ask(10)).isEqualTo(once.ask(10));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void proposesEachPointOfASmallSpaceOnceAndEnds(int batch) {
        SearchSpace small = Spaces.small();
        Session session = new Session(create(small, 7));
        List<Configuration> proposed = new ArrayList<>();
        for (List<Configuration> answer = session.ask(batch); !answer.isEmpty(); answer = session.ask(batch)) {
            proposed.addAll(answer);
            assertThat(proposed).doesNotHaveDuplicates();
            for (Configuration configuration : answer) {
                session.tell(configuration, TrialResult.measured(1000 + Math.abs(configuration.hashCode() % 1000)));
            }
        }

        assertThat(proposed)
                .containsExactlyInAnyOrderElementsOf(small.enumerate().toList());
    }

    @Test
    void endsASmallSpaceThatFailsEverywhere() {
        SearchSpace small = Spaces.small();
        Session session = new Session(create(small, 8));
        session.run(1000, configuration -> TrialResult.failed(Outcome.COMPILE_ERROR, "no"));

        assertThat(session.told())
                .extracting(Trial::configuration)
                .containsExactlyInAnyOrderElementsOf(small.enumerate().toList());
    }

    @Test
    void waitsWhenAllThatIsLeftIsPending() {
        SearchSpace small = Spaces.small();
        List<Configuration> all = small.enumerate().toList();

        assertThat(create(small, 9).ask(3, all)).isEmpty();
        assertThat(create(small, 9).ask(3, all.subList(1, all.size())))
                .extracting(Suggestion::configuration)
                .containsExactly(all.get(0));
    }

    @Test
    void searchesASpaceOfOnePoint() {
        Session session = new Session(create(Spaces.single(), 0));
        session.run(10, configuration -> TrialResult.measured(5));

        assertThat(session.told())
                .extracting(Trial::configuration)
                .containsExactly(Spaces.single().defaultConfiguration());
    }

    @Test
    void equalSeedsGiveEqualProposals() {
        assertThat(trajectory(11)).isEqualTo(trajectory(11));
        assertThat(smallTrajectory(11)).isEqualTo(smallTrajectory(11));
    }

    @Test
    void otherSeedsGiveOtherProposals() {
        if (usesSeed()) {
            assertThat(trajectory(11)).isNotEqualTo(trajectory(12));
        } else {
            assertThat(trajectory(11)).isEqualTo(trajectory(12));
        }
    }

    @Test
    void askingChangesNothing() {
        SearchStrategy quiet = create(space, 13);
        SearchStrategy asked = create(space, 13);
        for (int i = 0; i < 100; i++) {
            asked.ask(1 + i % 7, List.of());
            asked.ask(64, List.of(space.defaultConfiguration()));
            List<Suggestion> next = quiet.ask(2, List.of());
            assertThat(asked.ask(2, List.of())).isEqualTo(next).isEqualTo(asked.ask(2, List.of()));
            Configuration configuration = next.get(0).configuration();
            Trial trial = new Trial(i, configuration, "test", Landscapes.bowlWithFailures(configuration));
            quiet.tell(trial);
            asked.tell(trial);
        }
    }

    @Test
    void aFreshInstanceToldTheSameTrialsGoesOnTheSame() {
        SearchStrategy strategy = create(space, 14);
        Session session = new Session(strategy);
        for (int i = 0; i < 60; i++) {
            session.ask(5);
            Configuration next = session.pending().get(session.pending().size() / 2);
            session.tell(next, Landscapes.bowlWithFailures(next));
        }

        SearchStrategy resumed = create(space, 14);
        session.told().forEach(resumed::tell);

        assertThat(resumed.ask(20, session.pending())).isEqualTo(strategy.ask(20, session.pending()));
        assertThat(resumed.ask(20, List.of())).isEqualTo(strategy.ask(20, List.of()));
    }

    @Test
    void workPerTrialDoesNotGrow() {
        CountingConstraint counter = new CountingConstraint();
        List<Constraint> constraints = new ArrayList<>(Spaces.everyKindConstraints());
        constraints.add(counter);
        SearchSpace counted = new SearchSpace(Spaces.everyKindParameters(), constraints);
        Session session = new Session(create(counted, 15));

        session.run(5_000, Landscapes::bowlWithFailures);
        long firstHalf = counter.checks();
        session.run(5_000, Landscapes::bowlWithFailures);
        long secondHalf = counter.checks() - firstHalf;

        assertThat(session.told()).hasSize(10_000);
        assertThat(secondHalf).isLessThan(2 * firstHalf);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void improvesOnItsFirstTrial(long seed) {
        Session session = new Session(create(space, seed)).run(200, Landscapes::bowl);

        double first = session.told().get(0).result().latencyNanos().getAsDouble();
        assertThat(session.bestNanos().getAsDouble()).isLessThan(0.85 * first);
    }

    @Test
    void tellsOfALongSearchCostTheSameThroughout() {
        CountingConstraint counter = new CountingConstraint();
        List<Constraint> constraints = new ArrayList<>(Spaces.everyKindConstraints());
        constraints.add(counter);
        SearchStrategy strategy = create(new SearchSpace(Spaces.everyKindParameters(), constraints), 16);
        List<Trial> trials = ManyTrials.get();
        trials.subList(0, trials.size() / 2).forEach(strategy::tell);
        long firstHalf = counter.checks();
        trials.subList(trials.size() / 2, trials.size()).forEach(strategy::tell);
        long secondHalf = counter.checks() - firstHalf;

        assertThat(trials).hasSize(100_000);
        assertThat(secondHalf).isLessThan(2 * firstHalf + 1);
        assertThat(strategy.ask(16, List.of())).hasSize(16);
    }

    @Test
    void triesTheSeedsFirstAndInTheirOrder() {
        List<Configuration> seeds =
                new ArrayList<>(space.neighbours(space.defaultConfiguration()).subList(3, 7));
        seeds.add(1, Configuration.fromJson("{\"other\":1}"));
        SearchStrategy strategy = create(space, 17, new StrategyInputs(seeds, CostModel.NONE));
        seeds.remove(1);

        assertThat(strategy.ask(4, List.of()))
                .extracting(Suggestion::configuration)
                .containsExactlyElementsOf(seeds);
        assertThat(strategy.ask(2, List.of(seeds.get(0))))
                .extracting(Suggestion::configuration)
                .containsExactlyElementsOf(seeds.subList(1, 3));
    }

    @Test
    void proposesNothingThatCannotRunWhileOthersAreLeft() {
        CostModel costs = new FewWarps();
        Session session = new Session(create(space, 18, new StrategyInputs(List.of(), costs)));
        session.run(300, Landscapes::bowl);

        assertThat(session.told()).hasSize(300).extracting(Trial::configuration).allMatch(costs::mayRun);
    }

    @Test
    void proposesWhatCannotRunLast() {
        CostModel costs = new FewWarps();
        Session session = new Session(create(Spaces.small(), 19, new StrategyInputs(List.of(), costs)));
        session.run(1000, configuration -> TrialResult.measured(1000 + Math.abs(configuration.hashCode() % 1000)));

        List<Boolean> mayRun = session.told().stream()
                .map(trial -> costs.mayRun(trial.configuration()))
                .toList();
        assertThat(mayRun)
                .hasSize((int) Spaces.small().enumerate().count())
                .contains(true, false)
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void searchesAListedSpaceToItsEnd() {
        SearchSpace listed = Spaces.listed(120);
        Session session = new Session(create(listed, 20));
        session.run(1000, Landscapes::bowlWithFailures);

        assertThat(session.told())
                .extracting(Trial::configuration)
                .containsExactlyInAnyOrderElementsOf(listed.enumerate().toList());
    }

    @Test
    void manyInFlightFindSomethingGoodToo() {
        Session session = new Session(create(space, 21));
        SplittableRandom random = new SplittableRandom(21);
        for (int i = 0; i < 400; i++) {
            session.ask(Math.max(1, 32 - session.pending().size()));
            List<Configuration> pending = session.pending();
            Configuration next = pending.get(random.nextInt(pending.size()));
            session.tell(next, Landscapes.bowlWithFailures(next));
        }

        double first =
                Landscapes.bowl(space.defaultConfiguration()).latencyNanos().getAsDouble();
        assertThat(session.bestNanos().getAsDouble()).isLessThan(0.85 * first);
    }

    private List<Trial> trajectory(long seed) {
        return new Session(create(space, seed))
                .run(60, Landscapes::bowlWithFailures)
                .told();
    }

    private List<Trial> smallTrajectory(long seed) {
        return new Session(create(Spaces.small(), seed))
                .run(60, configuration -> TrialResult.measured(10))
                .told();
    }

    private static TrialResult result(Outcome outcome, OptionalDouble latencyNanos) {
        return switch (outcome) {
            case MEASURED -> TrialResult.measured(latencyNanos.orElse(1000));
            case ESTIMATED -> TrialResult.estimated(latencyNanos.orElse(1000));
            case DUPLICATE -> new TrialResult(Outcome.DUPLICATE, latencyNanos, "same program");
            default -> TrialResult.failed(outcome, "made up");
        };
    }
}
