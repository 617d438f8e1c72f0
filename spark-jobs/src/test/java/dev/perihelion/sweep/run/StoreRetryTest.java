package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.sweep.store.StoreException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StoreRetryTest {

    private static final StoreException DOWN = new StoreException("No route.", new IOException("no route"));

    private final List<String> messages = new ArrayList<>();
    private int calls;

    @Test
    void itWaitsForTheStore() {
        assertThat(retry(Duration.ofMinutes(1), false).call("X cannot be read", () -> answer(4, DOWN)))
                .isEqualTo("read");
        assertThat(calls).isEqualTo(5);
        assertThat(messages)
                .containsExactly(
                        "X cannot be read for now: No route. It is tried again for up to 1 min.",
                        "The store works again.");
    }

    @Test
    void itGivesUpInTheEnd() {
        assertThatThrownBy(() -> retry(Duration.ofMillis(30), false).call("X", () -> answer(1000, DOWN)))
                .isSameAs(DOWN);
        assertThat(calls).isGreaterThan(2);
    }

    @Test
    void whatTimeDoesNotHelpIsNotTriedAgain() {
        for (Exception cause : List.of(new EOFException("cut off"), new IllegalStateException("not a Parquet file"))) {
            StoreException damaged = new StoreException("Damaged.", cause);
            calls = 0;
            assertThatThrownBy(() -> retry(Duration.ofMinutes(1), false).call("X", () -> answer(9, damaged)))
                    .isSameAs(damaged);
            assertThat(calls).isEqualTo(1);
        }
        assertThat(messages).isEmpty();
    }

    @Test
    void aStoppedSweepDoesNotWait() {
        assertThatThrownBy(() -> retry(Duration.ofMinutes(1), true).call("X", () -> answer(9, DOWN)))
                .isSameAs(DOWN);
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void pausesGrowToTheLongest() {
        Outage outage =
                new Outage(new Outage.Patience(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(20)));
        List<Long> pauses = new ArrayList<>();
        long now = 77;
        while (outage.failed(DOWN, now)) {
            pauses.add(outage.waitNanos(now) / 1_000_000_000);
            assertThat(outage.isDue(now)).isFalse();
            now += outage.waitNanos(now);
            assertThat(outage.isDue(now)).isTrue();
        }
        assertThat(pauses).containsExactly(1L, 2L, 4L, 5L, 5L, 5L);
        outage.over();
        assertThat(outage.failed(DOWN, now)).isTrue();
        assertThat(outage.waitNanos(now)).isEqualTo(1_000_000_000);
    }

    private StoreRetry retry(Duration whole, boolean hurry) {
        return new StoreRetry(
                messages::add, () -> hurry, new Outage.Patience(Duration.ofMillis(5), Duration.ofMillis(10), whole));
    }

    private String answer(int failures, StoreException problem) {
        if (calls++ < failures) {
            throw problem;
        }
        return "read";
    }
}
