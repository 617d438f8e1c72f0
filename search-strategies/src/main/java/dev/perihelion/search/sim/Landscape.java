package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;

/** What a simulated search runs on: an answer for every legal configuration. */
public interface Landscape {

    /** Names it in tables; says {@code surrogate} where a model answers for what was not recorded. */
    String name();

    /** The legal configurations. */
    SearchSpace space();

    /**
     * What trying this configuration gives.
     *
     * @throws IllegalArgumentException if the configuration is not legal
     */
    RecordedRow at(Configuration configuration);

    /** Whether {@link #at} tells what was measured, rather than what a model expects. */
    boolean isRecorded(Configuration configuration);

    /** The best known latency, among what was recorded. */
    double bestNanos();

    /** The recorded latencies, fastest first, without failures. */
    double[] sortedNanos();

    /**
     * What compiling and measuring once takes at least, of the recorded configurations within a fraction of the best known:
     * no search is done sooner, however many devices it has.
     *
     * @param fraction 0.05 for 5 %
     */
    double leastMillis(double fraction);

    /** How many configurations were recorded, failures included. */
    int size();
}
