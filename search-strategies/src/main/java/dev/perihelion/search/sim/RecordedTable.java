package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What trying configurations of one kernel on one device gave. Immutable.
 *
 * <p>A complete table has a row for every legal configuration of its space, so a simulated search can try whatever it
 * likes. An incomplete one needs a surrogate for the rest.
 */
public final class RecordedTable implements Landscape {

    private final String name;
    private final String kernel;
    private final String device;
    private final SearchSpace space;
    private final Map<Configuration, RecordedRow> rows;
    private final boolean complete;
    private final SortedMap<String, String> attributes;
    private final List<RecordedRow> fastestFirst;
    private final double[] sortedNanos;

    /**
     * @param name of the recording, unique in a study, for example {@code convolution-A100}
     * @param kernel what was tuned
     * @param device where
     * @param space the legal configurations; its default is where searches start
     * @param rows in the order of the recording; of two rows of one configuration the first counts
     * @param complete whether every legal configuration of the space has a row
     * @throws IllegalArgumentException if a row lies outside of the space, or no row has a latency
     */
    public RecordedTable(
            String name, String kernel, String device, SearchSpace space, List<RecordedRow> rows, boolean complete) {
        this(name, kernel, device, space, rows, complete, Collections.emptySortedMap());
    }

    /**
     * As above.
     *
     * @param attributes what else is to be known of the recording, texts by name: {@code arguments}, {@code target}
     */
    public RecordedTable(
            String name,
            String kernel,
            String device,
            SearchSpace space,
            List<RecordedRow> rows,
            boolean complete,
            SortedMap<String, String> attributes) {
        this.name = name;
        this.kernel = kernel;
        this.device = device;
        this.space = space;
        this.rows = RecordedRow.byConfiguration(rows);
        this.complete = complete;
        this.attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        this.fastestFirst = this.rows.values().stream()
                .filter(row -> row.latencyNanos().isPresent())
                .sorted(Comparator.comparingDouble(row -> row.latencyNanos().getAsDouble()))
                .toList();
        this.sortedNanos = fastestFirst.stream()
                .mapToDouble(row -> row.latencyNanos().getAsDouble())
                .toArray();
        this.rows
                .keySet()
                .forEach(configuration -> space.violation(configuration).ifPresent(reason -> {
                    throw new IllegalArgumentException(
                            "The recorded space " + name + " has a row outside of its space: " + reason);
                }));
        if (sortedNanos.length == 0) {
            throw new IllegalArgumentException("The recorded space " + name
                    + " has no configuration that was measured, so nothing can be found in it.");
        }
    }

    @Override
    public String name() {
        return name;
    }

    /** What was tuned. */
    public String kernel() {
        return kernel;
    }

    /** Where it was measured. */
    public String device() {
        return device;
    }

    @Override
    public SearchSpace space() {
        return space;
    }

    /** What else is to be known of the recording. */
    public SortedMap<String, String> attributes() {
        return attributes;
    }

    /** Whether every legal configuration has a row. */
    public boolean complete() {
        return complete;
    }

    @Override
    public int size() {
        return rows.size();
    }

    /** All rows, in the order of the recording. */
    public Collection<RecordedRow> rows() {
        return rows.values();
    }

    /** What trying this configuration gave; empty if it was not tried. */
    public Optional<RecordedRow> row(Configuration configuration) {
        return Optional.ofNullable(rows.get(configuration));
    }

    @Override
    public RecordedRow at(Configuration configuration) {
        RecordedRow row = rows.get(configuration);
        if (row == null) {
            throw new IllegalArgumentException("The recorded space " + name + " has no row of " + configuration
                    + (complete ? ", which is not legal." : "; put a surrogate around incomplete recordings."));
        }
        return row;
    }

    @Override
    public boolean isRecorded(Configuration configuration) {
        return rows.containsKey(configuration);
    }

    @Override
    public double bestNanos() {
        return sortedNanos[0];
    }

    @Override
    public double leastMillis(double fraction) {
        return fastestFirst.stream()
                .takeWhile(row -> row.latencyNanos().getAsDouble() <= bestNanos() * (1 + fraction))
                .mapToDouble(row -> row.compileMillis() + row.measureMillis())
                .min()
                .orElseThrow();
    }

    /** The rows that have a latency, the fastest first. */
    List<RecordedRow> fastestFirst() {
        return fastestFirst;
    }

    @Override
    public double[] sortedNanos() {
        return sortedNanos.clone();
    }

    /** How many rows are within a fraction of the best known: 0.05 for 5 %. */
    public int countWithin(double fraction) {
        return (int) Arrays.stream(sortedNanos)
                .filter(nanos -> nanos <= bestNanos() * (1 + fraction))
                .count();
    }

    @Override
    public String toString() {
        return name + " (" + kernel + " on " + device + ", " + size()
                + (complete ? " configurations, complete)" : " configurations)");
    }
}
