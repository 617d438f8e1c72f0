package dev.perihelion.search.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class LookAheadTest {

    private static void add(LookAhead ahead, int trials, double onCoreMillis, double onGpuMillis) {
        for (int i = 0; i < trials; i++) {
            ahead.add(onCoreMillis, onGpuMillis);
        }
    }

    @Test
    void anOpeningIsAskedForBeforeCostsAreKnown() {
        LookAhead ahead = new LookAhead(1, 14);
        assertThat(ahead.trials()).isEqualTo(16);
        add(ahead, 15, 5000, 2000);
        assertThat(ahead.trials()).as("cold workers and a slow default").isEqualTo(16);
        assertThat(new LookAhead(1, 2).trials()).as("no more than ever help").isEqualTo(6);
    }

    @Test
    void asManyAreCompiledAsAreMeasuredMeanwhile() {
        LookAhead ahead = new LookAhead(1, 14);
        add(ahead, 40, 300, 30);
        assertThat(ahead.trials()).isEqualTo(4 + 10);
        LookAhead two = new LookAhead(2, 28);
        add(two, 40, 300, 30);
        assertThat(two.trials()).isEqualTo(2 * (4 + 10));
    }

    @Test
    void compileCoresAreTheLimit() {
        LookAhead ahead = new LookAhead(1, 14);
        add(ahead, 40, 3000, 30);
        assertThat(ahead.trials()).isEqualTo(14 + 4);
    }

    @Test
    void littleWaitsForCoresThatAreShort() {
        LookAhead ahead = new LookAhead(16, 16);
        assertThat(ahead.trials()).as("at the start").isEqualTo(16 + 4);
        add(ahead, 40, 600, 30);
        assertThat(ahead.trials()).isEqualTo(16 + 4 + 1);
        LookAhead one = new LookAhead(1, 1);
        add(one, 40, 600, 30);
        assertThat(one.trials()).isEqualTo(1 + 1);
    }

    @Test
    void whatWasLongAgoIsForgotten() {
        LookAhead ahead = new LookAhead(1, 14);
        add(ahead, 40, 300, 300);
        assertThat(ahead.trials()).isEqualTo(4 + 1);
        add(ahead, 150, 300, 30);
        assertThat(ahead.trials()).isBetween(4 + 9, 4 + 10);
    }

    @Test
    void nothingIsNoMachine() {
        assertThatThrownBy(() -> new LookAhead(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LookAhead(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
