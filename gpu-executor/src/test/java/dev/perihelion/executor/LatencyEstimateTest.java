package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LatencyEstimateTest {

    private static final TargetFacts H100 = TargetFacts.of("cuda:90").orElseThrow();
    private static final double GIBI = 1L << 30;
    private static final BinaryFacts SMALL = facts(32, 0, 0, 128, 21_120);
    /** Reads and writes a gibibyte each in 21,120 tiles, each once. */
    private static final Work COPY = copy(21_120, 2 * GIBI, 1e3);

    private static BinaryFacts facts(int registers, int spill, int shared, int threads, long programs) {
        return new BinaryFacts(registers, spill, shared, threads, programs, 1);
    }

    private static Work copy(double tiles, double sectorBytes, double runs) {
        return new Work(
                GIBI, GIBI, 2 * GIBI, runs, sectorBytes, 2 * GIBI / 512, GIBI / 2, 0, 0, tiles, tiles, 0, tiles);
    }

    /** A matrix product of 4096 with tiles of 128 x 256 x 64. */
    private static Work product(double matrixFlops, double waits) {
        double bytes = 32_768 * 49_152.0;
        return new Work(bytes, 3.4e7, 1e8, 1e5, bytes, 1e3, 1e7, matrixFlops, 1e9, 32_768, waits, 0, 512);
    }

    private static double nanos(BinaryFacts facts, Work work) {
        return LatencyEstimate.nanos(facts, work, H100);
    }

    @Test
    void residentProgramsFollowTheScarcestResource() {
        assertEquals(16, LatencyEstimate.residentPrograms(facts(32, 0, 0, 128, 1), H100));
        assertEquals(2, LatencyEstimate.residentPrograms(facts(255, 0, 0, 128, 1), H100));
        assertEquals(2, LatencyEstimate.residentPrograms(facts(32, 0, 100 << 10, 128, 1), H100));
        assertEquals(1, LatencyEstimate.residentPrograms(facts(32, 0, 114 << 10, 128, 1), H100));
        assertEquals(0, LatencyEstimate.residentPrograms(facts(32, 0, 300 << 10, 128, 1), H100));
    }

    @Test
    void aCopyTakesItsBandwidthAndALittleMore() {
        double bandwidth = 2_000 + 1e9 * 2 * GIBI / (3.35e12 * 0.9);
        assertTrue(nanos(SMALL, COPY) > bandwidth);
        assertTrue(nanos(SMALL, COPY) < 1.05 * bandwidth);
    }

    @Test
    void whatStandsInTheWayOfACopyCosts() {
        double good = nanos(SMALL, COPY);
        assertTrue(nanos(facts(32, 256, 0, 128, 21_120), COPY) > 1.05 * good, "spills");
        assertTrue(nanos(facts(32, 0, 0, 128, 16), copy(16, 2 * GIBI, 1e3)) > 1.5 * good, "idle multiprocessors");
        assertTrue(nanos(SMALL, copy(21_120, 32 * GIBI, 1e3)) > 1.5 * good, "single elements of sectors");
        assertTrue(nanos(SMALL, copy(21_120, 2 * GIBI, GIBI / 16)) > 1.5 * good, "short stretches of memory");
        assertTrue(Double.isInfinite(nanos(facts(32, 0, 300 << 10, 128, 1), COPY)), "too large");
    }

    @Test
    void aPersistentProgramWithoutATileCostsNothing() {
        Work few = copy(1_000, 2 * GIBI, 1e3);
        assertEquals(nanos(facts(32, 0, 0, 128, 1_000), few), nanos(facts(32, 0, 0, 128, 16_896), few), 1);
    }

    @Test
    void productsProfitFromPipelinesAndFromTheirUnits() {
        BinaryFacts binary = facts(168, 0, 147_456, 256, 512);
        double good = nanos(binary, product(1.37e11, 8_192));
        assertTrue(nanos(binary, product(1.37e11, 32_768)) > 1.2 * good, "no pipeline");
        assertTrue(nanos(binary, product(2.74e11, 8_192)) > 1.2 * good, "half the rate");
        assertTrue(nanos(facts(168, 200, 147_456, 256, 512), product(1.37e11, 8_192)) > 1.5 * good, "spills in a loop");
    }

    @Test
    void everyTargetOfTheDesignHasFacts() {
        assertTrue(TargetFacts.targets()
                .containsAll(Set.of(
                        "cuda:80", "cuda:90", "cuda:100", "cuda:120", "hip:gfx90a", "hip:gfx942", "hip:gfx950")));
        for (String target : TargetFacts.targets()) {
            double nanos =
                    LatencyEstimate.nanos(SMALL, COPY, TargetFacts.of(target).orElseThrow());
            double bandwidth =
                    1e9 * 2 * GIBI / TargetFacts.of(target).orElseThrow().bytesPerSecond();
            assertTrue(nanos > bandwidth && nanos < 2 * bandwidth, target + ": " + nanos);
        }
    }

    @Test
    void workIsNeverNegativeOrUnknown() {
        assertThrows(IllegalArgumentException.class, () -> copy(-1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> copy(1, Double.NaN, 0));
    }
}
