package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LatencyEstimateTest {

    private static final TargetFacts H100 = TargetFacts.of("cuda:90").orElseThrow();
    private static final Work COPY = new Work(1L << 30, 1L << 30, 0);

    private static BinaryFacts facts(int registers, int spill, int shared, int threads, long programs) {
        return new BinaryFacts(registers, spill, shared, threads, programs, 1);
    }

    @Test
    void residentProgramsFollowTheScarcestResource() {
        assertEquals(16, LatencyEstimate.residentPrograms(facts(32, 0, 0, 128, 1), H100));
        assertEquals(2, LatencyEstimate.residentPrograms(facts(255, 0, 0, 128, 1), H100));
        assertEquals(2, LatencyEstimate.residentPrograms(facts(32, 0, 100 << 10, 128, 1), H100));
        assertEquals(0, LatencyEstimate.residentPrograms(facts(32, 0, 300 << 10, 128, 1), H100));
    }

    @Test
    void aCopyTakesItsBandwidth() {
        double nanos = LatencyEstimate.nanos(facts(32, 0, 0, 128, 132 * 16 * 10), COPY, H100);
        assertEquals(2_000 + 1e9 * (2L << 30) / (3.35e12 * 0.85), nanos, nanos * 1e-6);
    }

    @Test
    void spillsIdleMultiprocessorsAndLargeProgramsCost() {
        double good = LatencyEstimate.nanos(facts(32, 0, 0, 128, 21_120), COPY, H100);
        assertTrue(LatencyEstimate.nanos(facts(32, 256, 0, 128, 21_120), COPY, H100) > good);
        assertTrue(LatencyEstimate.nanos(facts(32, 0, 0, 128, 16), COPY, H100) > good);
        assertTrue(Double.isInfinite(LatencyEstimate.nanos(facts(32, 0, 300 << 10, 128, 1), COPY, H100)));
    }
}
