package dev.perihelion.sweep.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ContestTest {

    private static final Configuration STANDARD =
            Configuration.fromJson("{\"block_sizes\":[128],\"num_stages\":1,\"num_warps\":4}");

    private final Random random = new Random(3);

    @Test
    void theFastestWinsWhereItIsFasterByMoreThanTheNoise() {
        Contestant near = contestant("near", 4, 1, 10_200, 0, 32);
        Contestant fast = contestant("fast", 8, 2, 10_000, 4096, 64);
        assertThat(decide(List.of(fast, near), fast).winner()).isSameAs(fast);
    }

    @Test
    void withinTheNoiseTheSimplerWins() {
        Contestant one = contestant("one", 8, 1, 10_010, 4096, 64);
        Contestant two = contestant("two", 8, 2, 10_000, 0, 32);
        Contest contest = decide(List.of(two, one), two);
        assertThat(contest.noiseFloor()).isGreaterThan(0.001);
        assertThat(contest.winner())
                .as("fewer parameters differ from the default")
                .isSameAs(one);

        Contestant lessShared = contestant("less shared", 8, 1, 10_010, 1024, 64);
        assertThat(decide(List.of(one, lessShared), one).winner()).isSameAs(lessShared);
        Contestant fewerRegisters = contestant("fewer registers", 8, 1, 10_010, 1024, 40);
        assertThat(decide(List.of(one, lessShared, fewerRegisters), one).winner())
                .isSameAs(fewerRegisters);
    }

    @Test
    void theOrderOfEqualOnesDoesNotMatter() {
        Contestant one = contestant("one", 8, 1, 10_000, 0, 32);
        Contestant two = new Contestant(
                "two",
                one.configuration().with(dev.perihelion.search.space.ParameterName.scalar("num_warps"), 2),
                0,
                32,
                one.samplesNanos());
        assertThat(decide(List.of(one, two), one).winner())
                .isSameAs(decide(List.of(two, one), one).winner());
    }

    @Test
    void whoWasEliminatedCannotWin() {
        Contestant gone = contestant("gone", 8, 1, 9_000, 0, 32);
        gone = new Contestant(gone.name(), gone.configuration(), 0, 32, Arrays.copyOf(gone.samplesNanos(), 20));
        Contestant stayed = contestant("stayed", 8, 2, 10_000, 0, 32);
        assertThat(decide(List.of(stayed, gone), stayed).winner()).isSameAs(stayed);
    }

    @Test
    void withoutTimingsThereIsNoWinner() {
        Contestant none = new Contestant("none", STANDARD, 0, 0, new double[0]);
        assertThat(Contest.of(List.of(none), none, new double[0], STANDARD, 1)).isEmpty();
        assertThat(Contest.of(List.of(), none, new double[3], STANDARD, 1)).isEmpty();
    }

    private Contest decide(List<Contestant> contestants, Contestant incumbent) {
        double nanos = Bootstrap.median(incumbent.samplesNanos());
        return Contest.of(contestants, incumbent, VerdictTest.lane(random, nanos, 0.01), STANDARD, 1)
                .orElseThrow();
    }

    private Contestant contestant(String name, long warps, long stages, double nanos, int sharedBytes, int registers) {
        Configuration configuration = Configuration.fromJson(
                "{\"block_sizes\":[128],\"num_stages\":" + stages + ",\"num_warps\":" + warps + "}");
        return new Contestant(name, configuration, sharedBytes, registers, VerdictTest.lane(random, nanos, 0.002));
    }
}
