package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.SplittableRandom;

/** What a simulated measurement of a recorded configuration shows. */
public enum Noise {

    /** The recorded latency, every time. */
    NONE {
        @Override
        double latencyNanos(RecordedRow row, long seed) {
            return row.latencyNanos().orElseThrow();
        }
    },

    /**
     * The median of as many samples as were recorded, drawn from them with repetition (the bootstrap; Efron, 1979): what
     * measuring again under the same conditions might have shown. Equal seeds see equal latencies, whatever the order.
     */
    BOOTSTRAP {
        @Override
        double latencyNanos(RecordedRow row, long seed) {
            List<Double> samples = row.samplesNanos();
            if (samples.size() < 2) {
                return row.latencyNanos().orElseThrow();
            }
            SplittableRandom random = new SplittableRandom(mix(seed, row.configuration()));
            double[] drawn = new double[samples.size()];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = samples.get(random.nextInt(drawn.length));
            }
            return Statistics.median(drawn);
        }
    };

    /**
     * The latency that one measurement shows.
     *
     * @param row one with a latency
     * @param seed of the run
     */
    abstract double latencyNanos(RecordedRow row, long seed);

    private static long mix(long seed, Configuration configuration) {
        return seed * 0x9E3779B97F4A7C15L + configuration.hashCode();
    }
}
