package dev.perihelion.search.sim;

/**
 * What a run could still find. What a measurement would show of each row is settled by the run's seed, so it is known
 * beforehand which rows would become the incumbent if they were tried.
 */
final class Prospects {

    private final RecordedTable table;
    private final Noise noise;
    private final long seed;

    Prospects(RecordedTable table, Noise noise, long seed) {
        this.table = table;
        this.noise = noise;
        this.seed = seed;
    }

    /**
     * Whether a faster row would show as faster than the incumbent does.
     *
     * @param nanos the incumbent's recorded latency
     * @param shownNanos what its measurement showed
     */
    boolean canImprove(double nanos, double shownNanos) {
        for (RecordedRow row : table.fastestFirst()) {
            if (row.latencyNanos().getAsDouble() >= nanos) {
                return false;
            }
            if (noise.latencyNanos(row, seed) < shownNanos) {
                return true;
            }
        }
        return false;
    }
}
