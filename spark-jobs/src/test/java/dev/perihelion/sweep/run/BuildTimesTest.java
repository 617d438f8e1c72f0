package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class BuildTimesTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void whatTakesTwiceTheUsualTimeIsSlow() {
        BuildTimes times = new BuildTimes();
        assertThat(times.slowNanos()).as("nothing is known yet").isGreaterThan(SECOND * 1_000_000);
        for (int i = 0; i < 9; i++) {
            times.add(SECOND / 10);
        }
        assertThat(times.slowNanos()).isEqualTo(SECOND);
        times.add(60 * SECOND);
        assertThat(times.slowNanos()).as("one slow one changes nothing").isEqualTo(SECOND);
        for (int i = 0; i < 64; i++) {
            times.add(3 * SECOND);
        }
        assertThat(times.slowNanos()).as("the last ones count").isEqualTo(6 * SECOND);
    }
}
