package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limit for a compilation, learnt from those before it. */
@Timeout(30)
class CompileLimitsTest {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final CompileLimits limits = new CompileLimits(LONGEST);

    private void seen(String family, int count, double millis) {
        for (int i = 0; i < count; i++) {
            limits.compiled(family, millis);
        }
    }

    @Test
    void itIsTheLongestUntilEnoughWasSeen() {
        seen("a", CompileLimits.ENOUGH - 1, 7000);
        assertEquals(LONGEST, limits.limit("a"));
        seen("a", 1, 7000);
        assertEquals(Duration.ofSeconds(7), limits.limit("a"));
        assertEquals(LONGEST, limits.limit("b"));
    }

    @Test
    void itIsTheTimeOfNineInTen() {
        seen("a", 90, 6000);
        seen("a", 10, 50_000);
        assertEquals(Duration.ofSeconds(6), limits.limit("a"));
        seen("a", 1, 50_000);
        assertEquals(Duration.ofSeconds(50), limits.limit("a"));
    }

    @Test
    void itHasBounds() {
        seen("quick", 100, 300);
        assertEquals(CompileLimits.SHORTEST, limits.limit("quick"));
        seen("slow", 100, 300_000);
        assertEquals(LONGEST, limits.limit("slow"));
        CompileLimits narrow = new CompileLimits(Duration.ofSeconds(2));
        for (int i = 0; i < 100; i++) {
            narrow.compiled("a", 300);
        }
        assertEquals(Duration.ofSeconds(2), narrow.limit("a"));
    }

    @Test
    void jobsThatRunIntoItRaiseIt() {
        seen("a", 100, 1000);
        assertEquals(CompileLimits.SHORTEST, limits.limit("a"));
        for (int i = 0; i < 12; i++) {
            limits.timedOut("a");
        }
        assertEquals(LONGEST, limits.limit("a"));
    }

    @Test
    void itForgetsWhatWasLongAgo() {
        seen("a", 1000, 50_000);
        seen("a", 300, 6000);
        assertEquals(Duration.ofSeconds(6), limits.limit("a"));
    }
}
