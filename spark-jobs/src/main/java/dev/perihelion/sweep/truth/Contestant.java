package dev.perihelion.sweep.truth;

import dev.perihelion.search.space.Configuration;
import java.util.Comparator;
import java.util.Objects;

/**
 * A configuration that was timed in turns with others.
 *
 * @param name its trial's id
 * @param configuration what was timed
 * @param sharedBytes shared memory of a program
 * @param registers of a thread
 * @param samplesNanos by round; fewer than others have where it was eliminated
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Contestant(
        String name, Configuration configuration, int sharedBytes, int registers, double[] samplesNanos) {

    /**
     * Simpler ones first: fewer parameters that differ from the default, less shared memory, fewer registers. Of equal ones the
     * configuration's hash decides, so that every run decides alike.
     */
    public static Comparator<Contestant> simplestFirst(Configuration standard) {
        return Comparator.<Contestant>comparingLong(contestant -> contestant.changes(standard))
                .thenComparingInt(Contestant::sharedBytes)
                .thenComparingInt(Contestant::registers)
                .thenComparing(contestant -> contestant.configuration().hash());
    }

    private long changes(Configuration standard) {
        return configuration.values().entrySet().stream()
                .filter(entry ->
                        !Objects.equals(entry.getValue(), standard.values().get(entry.getKey())))
                .count();
    }
}
