package dev.perihelion.search.sim;

import static dev.perihelion.search.sim.Tables.failure;
import static dev.perihelion.search.sim.Tables.noisy;
import static dev.perihelion.search.sim.Tables.ofProgram;
import static dev.perihelion.search.sim.Tables.point;
import static dev.perihelion.search.sim.Tables.row;
import static dev.perihelion.search.sim.Tables.slope;
import static dev.perihelion.search.sim.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.strategy.SearchStrategy;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SimulatorTest {

    private static final Limits ALL = new Limits(1_000, Double.POSITIVE_INFINITY, false);

    private static Trajectory run(RecordedTable table, SimulatedMachine machine, SearchStrategy strategy) {
        return new Simulator(table, machine, ALL, Noise.NONE).run(strategy, 1);
    }

    private static FixedOrder upwards(int size) {
        return new FixedOrder(LongStream.range(0, size).toArray());
    }

    @Test
    void sequentialTimeIsTheSumOfAllCosts() {
        FixedOrder strategy = upwards(4);

        Trajectory trajectory = run(slope(4), SimulatedMachine.sequential(), strategy);

        assertThat(trajectory.spent().seconds()).isCloseTo(4 * 0.015, within(1e-9));
        assertThat(trajectory.spent().gpuSeconds()).isCloseTo(4 * 0.005, within(1e-9));
        assertThat(trajectory.spent().compileSeconds()).isCloseTo(4 * 0.010, within(1e-9));
        assertThat(trajectory.spent().evaluations()).isEqualTo(4);
        assertThat(trajectory.ended()).isEqualTo("exhausted");
        assertThat(strategy.told).extracting(Trial::origin).containsExactly("default", "fixed", "fixed", "fixed");
        assertThat(strategy.mostPending).isEqualTo(1);
    }

    @Test
    void compilingAndMeasuringOverlap() {
        // One core: 4 times 10 ms to compile, and the last measurement's 5 ms after it.
        Trajectory one = run(slope(4), new SimulatedMachine(1, 1, 8), upwards(4));
        assertThat(one.spent().seconds()).isCloseTo(0.045, within(1e-9));

        // Four cores: 10 ms, then four measurements on one GPU; on two GPUs two rounds.
        Trajectory four = run(slope(4), new SimulatedMachine(1, 4, 8), upwards(4));
        assertThat(four.spent().seconds()).isCloseTo(0.030, within(1e-9));
        Trajectory twoGpus = run(slope(4), new SimulatedMachine(2, 4, 8), upwards(4));
        assertThat(twoGpus.spent().seconds()).isCloseTo(0.020, within(1e-9));
        assertThat(twoGpus.spent().gpuSeconds()).isCloseTo(0.020, within(1e-9));
    }

    @Test
    void whatIsReadyEarlierIsToldEarlier() {
        RecordedTable table = table(List.of(row(0, 10, 100, 1), row(1, 10, 50, 1), row(2, 10, 1, 1)));
        FixedOrder strategy = upwards(3);

        run(table, new SimulatedMachine(1, 3, 3), strategy);

        assertThat(strategy.told).extracting(Trial::configuration).containsExactly(point(2), point(1), point(0));
        assertThat(strategy.told).extracting(Trial::number).containsExactly(2L, 1L, 0L);
    }

    @Test
    void looksAheadAsFarAsTheMachineSays() {
        FixedOrder strategy = upwards(50);
        run(slope(50), SimulatedMachine.of(2, 6), strategy);
        assertThat(strategy.mostPending).isEqualTo(6 + 4 * 2);
    }

    @Test
    void failuresCostWhatTheyCost() {
        RecordedTable table = table(List.of(
                row(0, 10, 10, 5),
                failure(1, Outcome.COMPILE_ERROR, 20, 0),
                failure(2, Outcome.LAUNCH_ERROR, 10, 7),
                failure(3, Outcome.OUT_OF_RESOURCES, 30, 99)));
        FixedOrder strategy = upwards(4);

        Trajectory trajectory = run(table, SimulatedMachine.sequential(), strategy);

        assertThat(trajectory.spent().failures()).isEqualTo(3);
        assertThat(trajectory.spent().gpuSeconds()).isCloseTo(0.012, within(1e-9));
        assertThat(trajectory.spent().failedGpuSeconds()).isCloseTo(0.007, within(1e-9));
        assertThat(trajectory.spent().seconds()).isCloseTo(0.015 + 0.020 + 0.017 + 0.030, within(1e-9));
        assertThat(strategy.told)
                .extracting(trial -> trial.result().outcome())
                .containsExactly(
                        Outcome.MEASURED, Outcome.COMPILE_ERROR, Outcome.LAUNCH_ERROR, Outcome.OUT_OF_RESOURCES);
    }

    @Test
    void duplicatesAreFree() {
        RecordedTable table = table(List.of(
                ofProgram(row(0, 10, 10, 5), "a"),
                ofProgram(row(1, 10, 10, 5), "a"),
                ofProgram(row(2, 9, 10, 5), "b")));

        // 1 waits for 0 in the first run, and is known when it is proposed in the second.
        for (SimulatedMachine machine : List.of(new SimulatedMachine(1, 3, 3), SimulatedMachine.sequential())) {
            FixedOrder strategy = upwards(3);
            Trajectory trajectory = run(table, machine, strategy);
            assertThat(trajectory.spent().evaluations()).isEqualTo(2);
            assertThat(trajectory.spent().duplicates()).isEqualTo(1);
            assertThat(trajectory.spent().gpuSeconds()).isCloseTo(0.010, within(1e-9));
            Trial duplicate = strategy.told.stream()
                    .filter(trial -> trial.configuration().equals(point(1)))
                    .findFirst()
                    .orElseThrow();
            assertThat(duplicate.result().outcome()).isEqualTo(Outcome.DUPLICATE);
            assertThat(duplicate.result().latencyNanos()).hasValue(10e3);
        }
    }

    @Test
    void endsAtTheBudgetTheTimeOrTheBest() {
        Simulator byCount = new Simulator(slope(50), SimulatedMachine.of(1, 4), Limits.evaluations(7), Noise.NONE);
        Trajectory counted = byCount.run(upwards(50), 1);
        assertThat(counted.ended()).isEqualTo("budget");
        assertThat(counted.spent().evaluations()).isEqualTo(7);

        Trajectory timed = new Simulator(
                        slope(50), SimulatedMachine.sequential(), new Limits(50, 0.05, false), Noise.NONE)
                .run(upwards(50), 1);
        assertThat(timed.ended()).isEqualTo("time");
        assertThat(timed.spent().evaluations()).isEqualTo(4);

        Trajectory best = new Simulator(slope(50), SimulatedMachine.sequential(), Limits.evaluations(50), Noise.NONE)
                .run(new FixedOrder(3, 49, 1, 2), 1);
        assertThat(best.ended()).isEqualTo("best");
        assertThat(best.spent().evaluations()).isEqualTo(3);
    }

    @Test
    void saysWhatWasSpentUntilATargetWasReached() {
        // 150 us at the start, 101 us at x = 49, 100 us at x = 50.
        Trajectory trajectory = run(slope(51), SimulatedMachine.sequential(), new FixedOrder(10, 41, 49, 2, 50, 3));

        assertThat(trajectory.within(0.10))
                .get()
                .extracting(Trajectory.Spent::evaluations)
                .isEqualTo(3L);
        assertThat(trajectory.within(0.01))
                .get()
                .extracting(Trajectory.Spent::evaluations)
                .isEqualTo(4L);
        assertThat(trajectory.within(0))
                .get()
                .extracting(Trajectory.Spent::evaluations)
                .isEqualTo(6L);
        assertThat(trajectory.latencyAfter(5)).hasValue(101e3);
        assertThat(trajectory.latencyAfter(0)).isEmpty();
        assertThat(trajectory.latencyAfterSeconds(0.015)).hasValue(150e3);
        assertThat(trajectory.latencyAfterSeconds(0.014)).isEmpty();
    }

    @Test
    void noiseIsOfTheConfigurationAndTheSeedAlone() {
        RecordedRow noisy = noisy(1, List.of(100.0, 110.0, 120.0, 130.0, 500.0));
        double first = Noise.BOOTSTRAP.latencyNanos(noisy, 7);

        assertThat(Noise.BOOTSTRAP.latencyNanos(noisy, 7)).isEqualTo(first);
        assertThat(LongStream.range(0, 50).mapToDouble(seed -> Noise.BOOTSTRAP.latencyNanos(noisy, seed)))
                .allMatch(nanos -> nanos >= 100 && nanos <= 500)
                .anyMatch(nanos -> nanos != first);
        assertThat(Noise.NONE.latencyNanos(noisy, 7)).isEqualTo(120);
    }

    @Test
    void incumbentIsWhatLooksFastestAndIsWorthWhatItIs() {
        // Point 1 is slower by its median, and often looks faster.
        RecordedTable table =
                table(List.of(noisy(0, List.of(100.0, 100.0, 100.0)), noisy(1, List.of(50.0, 101.0, 102.0))));
        boolean fooled = false;
        for (long seed = 0; seed < 20; seed++) {
            Trajectory trajectory =
                    new Simulator(table, SimulatedMachine.sequential(), ALL, Noise.BOOTSTRAP).run(upwards(2), seed);
            double last = trajectory
                    .incumbents()
                    .get(trajectory.incumbents().size() - 1)
                    .latencyNanos();
            assertThat(last).isIn(100.0, 101.0);
            fooled |= last == 101.0;
        }
        assertThat(fooled).isTrue();
    }

    @Test
    void equalSeedsGiveEqualRuns() {
        RecordedTable table = PublicSpaces.read("convolution-A4000");
        Simulator simulator = new Simulator(table, SimulatedMachine.of(4, 8), Limits.evaluations(200), Noise.BOOTSTRAP);

        Trajectory first = simulator.run(Strategies.create("pattern", table.space(), 3), 3);
        Trajectory second = simulator.run(Strategies.create("pattern", table.space(), 3), 3);
        Trajectory other = simulator.run(Strategies.create("pattern", table.space(), 4), 4);

        assertThat(second).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(first.within(0.5)).isPresent();
    }

    @Test
    void refusesRepeatedAndForeignProposals() {
        SearchStrategy stubborn = new SearchStrategy() {
            @Override
            public String name() {
                return "stubborn";
            }

            @Override
            public List<Suggestion> ask(int count, Collection<Configuration> pending) {
                return List.of(new Suggestion(point(0), "again"));
            }

            @Override
            public void tell(Trial trial) {
                // Learns nothing.
            }
        };

        assertThatThrownBy(() -> run(slope(3), SimulatedMachine.of(1, 1), stubborn))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("`stubborn` proposed");
        assertThatThrownBy(() -> run(slope(3), SimulatedMachine.of(1, 1), new FixedOrder(17)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not legal");
    }
}
