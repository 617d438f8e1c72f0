package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Savings;
import dev.perihelion.sweep.SweepBudget;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules by which tasks compete, by hand. */
@Timeout(20)
class PayoffTest {

    @Test
    void whatImprovedLatelyPromisesMoreThanWhatDidNot() {
        Payoff improving = new Payoff();
        improving.look(10, OptionalDouble.of(100), 1);
        improving.look(50, OptionalDouble.of(80), 8);
        Payoff flat = new Payoff();
        flat.look(10, OptionalDouble.of(100), 1);
        flat.look(20, OptionalDouble.of(80), 2);
        assertThat(improving.perSecond(10)).isEqualTo((Math.log(100 / 80.0) + 0.01) / 5);
        assertThat(flat.perSecond(10)).isEqualTo(0.01 / 5);
    }

    @Test
    void aSearchWithoutGainsPromisesLessTheLongerItLasts() {
        Payoff payoff = new Payoff();
        payoff.look(10, OptionalDouble.of(100), 1);
        assertThat(payoff.perSecond(10)).isGreaterThan(payoff.perSecond(20)).isGreaterThan(0);
    }

    @Test
    void aSearchConvergesWhenHalfOfItsTrialsAndManyBroughtNothing() {
        Payoff payoff = new Payoff();
        payoff.look(1, OptionalDouble.of(100), 1);
        payoff.look(300, OptionalDouble.of(90), 2);
        // Below the noise.
        payoff.look(500, OptionalDouble.of(89.5), 3);
        assertThat(payoff.hasConverged(599)).isFalse();
        assertThat(payoff.hasConverged(600)).isTrue();
        // Small gains that add up to more than noise count.
        payoff.look(590, OptionalDouble.of(89.0), 4);
        assertThat(payoff.hasConverged(600)).isFalse();
    }

    @Test
    void aShortSearchOrOneThatFoundNothingNeverConverges() {
        Payoff payoff = new Payoff();
        payoff.look(1, OptionalDouble.of(100), 1);
        assertThat(payoff.hasConverged(150)).isFalse();
        assertThat(payoff.hasConverged(151)).isTrue();
        Payoff nothing = new Payoff();
        nothing.look(400, OptionalDouble.empty(), 1);
        assertThat(nothing.hasConverged(800)).isFalse();
    }

    @Test
    void savingsAreCountedByEvaluationsAndEstimatedInSeconds() {
        Savings saved = Savings.NONE
                .with(Budget.ofEvaluations(1000), 400, 20)
                .with(new Budget(Integer.MAX_VALUE, Double.POSITIVE_INFINITY, 60), 400, 20);
        assertThat(saved.tasks()).isEqualTo(2);
        assertThat(saved.evaluations()).isEqualTo(600);
        assertThat(saved.seconds()).isCloseTo(30 + 40, within(1e-9));
    }

    @Test
    void timeIsKeptForTheEndsThatAreToCome() {
        long second = 1_000_000_000L;
        SweepLimit limit = new SweepLimit(new SweepBudget(OptionalLong.empty(), OptionalDouble.of(1)), 0, 2, 0);
        assertThat(limit.timeToEnd(8, 39 * second)).isFalse();
        assertThat(limit.timeToEnd(8, 41 * second)).isTrue();
        limit.ended(1);
        limit.ended(3);
        assertThat(limit.timeToEnd(8, 51 * second)).isFalse();
        assertThat(limit.timeToEnd(8, 53 * second)).isTrue();
        assertThat(limit.timeIsOver(59 * second)).isFalse();
        assertThat(limit.timeIsOver(60 * second)).isTrue();
        assertThat(limit.evaluationsLeft(List.of())).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void secondsAreDividedAmongThoseThatSearch() {
        TurnClock clock = new TurnClock(System.nanoTime());
        TurnClock.Watch first = clock.watch();
        TurnClock.Watch second = clock.watch();
        long start = System.nanoTime();
        first.start(start);
        second.start(start + 2_000_000_000L);
        first.stop(start + 6_000_000_000L);
        second.stop(start + 7_000_000_000L);
        assertThat(first.seconds()).isCloseTo(2 + 2, within(0.01));
        assertThat(second.seconds()).isCloseTo(2 + 1, within(0.01));
    }
}
