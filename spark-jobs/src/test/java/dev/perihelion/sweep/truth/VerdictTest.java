package dev.perihelion.sweep.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VerdictTest {

    private static final int ROUNDS = 60;

    @Test
    void twoCopiesOfOneProgramAreHardlyEverTakenForDifferent() {
        int accepted = 0;
        int runs = 200;
        for (int run = 0; run < runs; run++) {
            Random random = new Random(run);
            // Noise from well below to well above the least gain.
            double noise = 0.002 * (1 + run % 40);
            Verdict verdict = Verdict.of(
                    lane(random, 10_000, noise), lane(random, 10_000, noise), lane(random, 10_000, noise), run);
            accepted += verdict.accepted() ? 1 : 0;
        }
        assertThat(accepted).isLessThanOrEqualTo(runs / 40);
    }

    @Test
    void whatIsFasterByThreePercentIsAcceptedThroughOnePercentOfNoise() {
        for (int run = 0; run < 50; run++) {
            Random random = new Random(run);
            Verdict verdict =
                    Verdict.of(lane(random, 9_700, 0.01), lane(random, 9_700, 0.01), lane(random, 10_000, 0.01), run);
            assertThat(verdict.accepted()).as("run " + run).isTrue();
            assertThat(verdict.gain()).isCloseTo(0.03, within(0.01));
            assertThat(verdict.gain()).isBetween(verdict.gainLow(), verdict.gainHigh());
        }
    }

    @Test
    void aGainBelowOnePercentIsNoneHoweverSure() {
        Random random = new Random(1);
        Verdict verdict =
                Verdict.of(lane(random, 9_950, 0.0001), lane(random, 9_950, 0.0001), lane(random, 10_000, 0.0001), 1);
        assertThat(verdict.gainLow()).isGreaterThan(0.004);
        assertThat(verdict.accepted()).isFalse();
    }

    @Test
    void driftThatIsCommonToAllLanesCancels() {
        Random random = new Random(1);
        double[] winner = new double[ROUNDS];
        double[] control = new double[ROUNDS];
        double[] standard = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            // The clock falls by a third during the run, and jumps at random.
            double clock = 1 + 0.5 * round / ROUNDS + 0.2 * random.nextDouble();
            winner[round] = 9_700 * clock * (1 + 0.002 * random.nextGaussian());
            control[round] = 9_700 * clock * (1 + 0.002 * random.nextGaussian());
            standard[round] = 10_000 * clock * (1 + 0.002 * random.nextGaussian());
        }
        Verdict verdict = Verdict.of(winner, control, standard, 1);
        assertThat(verdict.noiseFloor()).isLessThan(0.002);
        assertThat(verdict.gain()).isCloseTo(0.03, within(0.002));
        assertThat(verdict.accepted()).isTrue();
    }

    @Test
    void fewOutliersChangeNothing() {
        Random random = new Random(1);
        double[] standard = lane(random, 10_000, 0.002);
        double[] winner = lane(random, 9_700, 0.002);
        double[] control = lane(random, 9_700, 0.002);
        for (int round = 0; round < ROUNDS; round += 10) {
            winner[round] *= 5;
        }
        assertThat(Verdict.of(winner, control, standard, 1).gain()).isCloseTo(0.03, within(0.002));
    }

    @Test
    void equalSeedsGiveEqualIntervals() {
        double[] values = lane(new Random(1), 10_000, 0.01);
        assertThat(Bootstrap.ofMedian(values, 5)).isEqualTo(Bootstrap.ofMedian(values, 5));
        assertThatThrownBy(() -> Bootstrap.ofMedian(new double[0], 1)).hasMessageContaining("no values");
    }

    @Test
    void nineteenOfTwentyIntervalsHoldTheTruth() {
        int inside = 0;
        int runs = 200;
        for (int run = 0; run < runs; run++) {
            Interval interval = Bootstrap.ofMedian(lane(new Random(run), 10_000, 0.02), run);
            inside += interval.low() <= 10_000 && 10_000 <= interval.high() ? 1 : 0;
        }
        assertThat((double) inside / runs).isBetween(0.91, 0.99);
    }

    static double[] lane(Random random, double nanos, double noise) {
        double[] lane = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            lane[round] = nanos * (1 + noise * random.nextGaussian());
        }
        return lane;
    }
}
