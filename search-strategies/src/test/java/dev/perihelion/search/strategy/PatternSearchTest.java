package dev.perihelion.search.strategy;

import static dev.perihelion.search.space.ParameterName.element;
import static dev.perihelion.search.space.ParameterName.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PatternSearchTest extends StrategyContract {

    private static final ParameterName ROWS = element("block_sizes", 0);
    private static final ParameterName COLUMNS = element("block_sizes", 1);

    @Override
    protected SearchStrategy create(SearchSpace space, long seed) {
        return new PatternSearch(space, seed);
    }

    @Test
    void startsAtTheDefault() {
        SearchStrategy strategy = create(Spaces.everyKind(), 1);

        assertThat(strategy.ask(1, List.of()))
                .containsExactly(new Suggestion(Spaces.everyKind().defaultConfiguration(), "pattern:seed"));
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
    void findsItFromTheDefaultAloneWhenEveryRandomPointFails() {
        SearchSpace space = Spaces.everyKind();
        SearchStrategy strategy = create(space, 2);
        Session session = new Session(strategy);
        for (int i = 0; i < 400; i++) {
            Suggestion next = strategy.ask(1, List.of()).get(0);
            boolean chance = next.origin().equals("pattern:restart")
                    || i > 0 && next.origin().equals("pattern:opening");
            session.tell(
                    next.configuration(),
                    chance
                            ? TrialResult.failed(Outcome.RUN_TIMEOUT, "made up")
                            : Landscapes.bowl(next.configuration()));
        }

        assertThat(session.bestNanos()).hasValue(Landscapes.BOWL_OPTIMUM_NANOS);
    }

    @Test
    void leavesAFlatPersistentKernelsMeaninglessValuesBehind() {
        SearchSpace space = Spaces.everyKind();
        Configuration persistent = space.defaultConfiguration()
                .with(scalar("pid_type"), "persistent_blocked")
                .with(scalar("num_sm_multiplier"), 8);
        Climb climb = new Climb(persistent, 100, 0);
        climb.expand(space, 0, new History(), CostModel.NONE);

        assertThat(climb.neighbourhood())
                .allMatch(space::contains)
                .doesNotHaveDuplicates()
                .contains(space.defaultConfiguration());
    }

    @Test
    void tradesOneSideOfATileForTheOther() {
        // Only tiles of exactly 256 elements run: each single step from one of them fails.
        SearchSpace tiles = new SearchSpace(
                List.of(
                        new PowerOfTwoParameter(ROWS, 1, 1 << 20, 16),
                        new PowerOfTwoParameter(COLUMNS, 1, 1 << 20, 16)),
                List.of());
        Session session = new Session(new PatternSearch(tiles, 3)).run(80, PatternSearchTest::ridge);

        assertThat(session.bestNanos()).hasValue(100);
    }

    @Test
    void movesOnGainsAboveTheMarginOnly() {
        SearchSpace line =
                new SearchSpace(List.of(new IntegerParameter(scalar("x"), 0, 1_000_000, 500_000)), List.of());

        assertThat(stepsUphill(line, 0.99)).as("a gain of 1%% per step").isGreaterThan(20);
        assertThat(stepsUphill(line, 0.999)).as("a gain of 0.1%% per step").isEqualTo(1);
    }

    @Test
    void neverWaitsForASlowTrial() {
        SearchStrategy strategy = create(Spaces.everyKind(), 6);
        Session session = new Session(strategy);
        Configuration start = session.ask(1).get(0);
        session.tell(start, TrialResult.measured(100));

        List<Configuration> answer = session.ask(500);

        assertThat(answer).hasSize(500).containsAll(Spaces.everyKind().neighbours(start));
        assertThat(session.ask(5)).hasSize(5);
    }

    @Test
    void walksFromTheFastestPointFirstAndStartsTheOthersWhileThatIsPending() {
        SearchSpace space = Spaces.everyKind();
        SearchStrategy strategy = create(space, 7);
        Session session = new Session(strategy);
        List<Configuration> starts = session.ask(11);
        for (int i = 0; i < starts.size(); i++) {
            session.tell(starts.get(i), TrialResult.measured(100 + i));
        }

        List<Configuration> first = neighbourhood(space, starts.get(0));
        List<Configuration> second = neighbourhood(space, starts.get(1));

        assertThat(first).containsAll(session.ask(10));
        assertThat(session.ask(100)).containsAnyElementsOf(second);
    }

    @Test
    void triesPairsWhenSingleStepsAreOver() {
        SearchSpace tiles = new SearchSpace(
                List.of(new PowerOfTwoParameter(ROWS, 1, 64, 8), new PowerOfTwoParameter(COLUMNS, 1, 64, 8)),
                List.of());
        Climb climb = new Climb(tiles.defaultConfiguration(), 100, 0);
        climb.expand(tiles, 0, new History(), CostModel.NONE);

        assertThat(climb.untriedSingles()).containsExactlyInAnyOrderElementsOf(tiles.neighbours(climb.centre()));
        assertThat(climb.untriedPairs())
                .hasSize(4)
                .allMatch(pair -> pair.getLong(ROWS) != 8 && pair.getLong(COLUMNS) != 8);
        assertThat(climb.neighbourhood()).hasSize(8);
    }

    @Test
    void halvesAndDoublesWholeNumbers() {
        SearchSpace line = new SearchSpace(List.of(new IntegerParameter(scalar("x"), 0, 100, 40)), List.of());

        assertThat(neighbourhood(line, line.defaultConfiguration()))
                .extracting(point -> point.getLong(scalar("x")))
                .containsExactlyInAnyOrder(39L, 41L, 20L, 80L);
    }

    @Test
    void aResultAfterAMachineFailureIsLearnt() {
        SearchStrategy strategy = create(Spaces.everyKind(), 8);
        Configuration start = Spaces.everyKind().defaultConfiguration();
        strategy.tell(new Trial(0, start, "test", TrialResult.failed(Outcome.INFRASTRUCTURE, "lost node")));
        strategy.tell(new Trial(0, start, "test", TrialResult.measured(100)));

        assertThat(strategy.ask(200, List.of()))
                .extracting(Suggestion::configuration)
                .containsAll(Spaces.everyKind().neighbours(start));
    }

    @Test
    void beatsRandomSearchOnAValley() {
        long wins = IntStream.range(0, 10)
                .filter(seed -> best(new PatternSearch(Spaces.everyKind(), seed))
                        < best(new RandomSearch(Spaces.everyKind(), seed)))
                .count();

        assertThat(wins).isEqualTo(10);
    }

    @Test
    void refusesSettingsWithoutMeaning() {
        assertThatThrownBy(() -> new PatternSearch(Spaces.small(), 0, StrategyInputs.NONE, 0, 0.01))
                .hasMessageContaining("not 0 and 0.01");
        assertThatThrownBy(() -> new PatternSearch(Spaces.small(), 0, StrategyInputs.NONE, 5, 1))
                .hasMessageContaining("1.0");
    }

    private static double best(SearchStrategy strategy) {
        return new Session(strategy).run(250, Landscapes::bowl).bestNanos().getAsDouble();
    }

    private static TrialResult ridge(Configuration tile) {
        if (tile.getLong(ROWS) * tile.getLong(COLUMNS) != 256) {
            return TrialResult.failed(Outcome.OUT_OF_RESOURCES, "made up");
        }
        return TrialResult.measured(100 + Math.abs(Long.numberOfTrailingZeros(tile.getLong(ROWS)) - 7));
    }

    /** How far from the start a single climb gets in 100 trials where each step up gains this factor. */
    private static long stepsUphill(SearchSpace line, double factor) {
        SearchStrategy strategy = new PatternSearch(line, 4, StrategyInputs.NONE, 1, PatternSearch.DEFAULT_MARGIN);
        Session session = new Session(strategy);
        long farthest = 0;
        for (int i = 0; i < 100; i++) {
            Suggestion next = strategy.ask(1, List.of()).get(0);
            long distance = Math.abs(next.configuration().getLong(scalar("x")) - 500_000);
            boolean near = distance < 1000;
            farthest = near ? Math.max(farthest, distance) : farthest;
            session.tell(
                    next.configuration(),
                    near
                            ? TrialResult.measured(1000 * Math.pow(factor, distance))
                            : TrialResult.failed(Outcome.WRONG_RESULT, "made up"));
        }
        return farthest;
    }

    private static List<Configuration> neighbourhood(SearchSpace space, Configuration centre) {
        Climb climb = new Climb(centre, 1, 0);
        climb.expand(space, 0, new History(), CostModel.NONE);
        return climb.neighbourhood();
    }
}
