package dev.perihelion.sweep.store;

import static dev.perihelion.sweep.store.Column.optional;
import static dev.perihelion.sweep.store.Column.required;
import static dev.perihelion.sweep.store.ColumnType.DOUBLE;
import static dev.perihelion.sweep.store.ColumnType.FLOATS;
import static dev.perihelion.sweep.store.ColumnType.LONG;
import static dev.perihelion.sweep.store.ColumnType.STRING;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.search.sim.DescribedSpace;
import dev.perihelion.search.sim.RecordedRow;
import dev.perihelion.search.sim.RecordedTable;
import dev.perihelion.search.sim.SpaceFormatException;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A recorded space as one Parquet file (see docs/search.md): a row for each legal configuration, and in the footer under
 * {@value #KEY} what the whole is of, with the parameters. A row without an outcome is legal and was not tried.
 */
public final class RecordedSpaceFile {

    /** The footer's key. */
    static final String KEY = "perihelion.space";

    /** Samples of one row that are kept; of more, so many that stand evenly spaced in their order. */
    static final int MAX_SAMPLES = 64;

    private static final int VERSION = 1;
    private static final List<String> FACTS =
            List.of("registers", "spill_bytes", "shared_bytes", "threads", "programs");

    /** One row of the file. */
    record SpaceRow(Configuration configuration, Optional<RecordedRow> row) {}

    static final Table<SpaceRow> ROWS = new Table<>("recorded_space", columns(), RecordedSpaceFile::spaceRow);

    private RecordedSpaceFile() {}

    private static List<Column<SpaceRow>> columns() {
        List<Column<SpaceRow>> columns = new ArrayList<>(List.of(
                required(
                        "config",
                        STRING,
                        "The configuration, canonical JSON.",
                        row -> row.configuration().toJson()),
                optional(
                        "outcome",
                        STRING,
                        "How it ended, as in the store's trials; none where it was not tried.",
                        ofRow(row -> row.outcome().id())),
                optional("reason", STRING, "Of a failure, one line.", ofRow(RecordedRow::reason)),
                optional(
                        "latency_ns",
                        DOUBLE,
                        "Median of all samples in nanoseconds; none for failures.",
                        ofRow(row -> row.latencyNanos().isPresent()
                                ? row.latencyNanos().getAsDouble()
                                : null)),
                required(
                        "samples_ns",
                        FLOATS,
                        "Timed calls in nanoseconds, in order; at most " + MAX_SAMPLES + ", evenly spaced among all.",
                        row -> row.row()
                                .map(recorded -> thinned(recorded.samplesNanos()))
                                .orElse(List.of())),
                optional("compile_ms", DOUBLE, "Milliseconds to compile.", ofRow(RecordedRow::compileMillis)),
                optional("measure_ms", DOUBLE, "Milliseconds on the device.", ofRow(RecordedRow::measureMillis)),
                optional(
                        "program",
                        STRING,
                        "Rows with the same text generate the same program; empty where unknown.",
                        ofRow(RecordedRow::program))));
        for (String fact : FACTS) {
            columns.add(optional(
                    fact,
                    LONG,
                    "As in the store's trials.",
                    ofRow(row -> row.facts().containsKey(fact)
                            ? (Object) row.facts().get(fact).longValue()
                            : null)));
        }
        return columns;
    }

    private static Function<SpaceRow, Object> ofRow(Function<RecordedRow, Object> value) {
        return row -> row.row().map(value).orElse(null);
    }

    /** Whether the file's name says that it may be one. */
    public static boolean isNamedLikeOne(Path file) {
        return file.getFileName().toString().endsWith(".parquet");
    }

    /** Writes or replaces a file. */
    public static void write(RecordedTable table, Path file) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("version", VERSION);
        about.put("name", table.name());
        about.put("kernel", table.kernel());
        about.put("device", table.device());
        about.put("complete", table.complete());
        about.put("attributes", table.attributes());
        about.put("parameters", table.space().describe());
        List<SpaceRow> rows = new ArrayList<>();
        table.rows().forEach(row -> rows.add(new SpaceRow(row.configuration(), Optional.of(row))));
        if (!table.complete()) {
            if (!table.space().isListed()) {
                throw new StoreException("The recorded space " + table.name()
                        + " is neither complete nor does it list what is legal, so it cannot be written.");
            }
            table.space()
                    .enumerate()
                    .filter(configuration -> !table.isRecorded(configuration))
                    .forEach(configuration -> rows.add(new SpaceRow(configuration, Optional.empty())));
        }
        new ParquetFiles().write(ROWS, hadoop(file), rows, Map.of(KEY, Json.write(about)));
    }

    /**
     * Reads a file.
     *
     * @throws SpaceFormatException if it is another kind of Parquet file, or its parts do not fit
     * @throws StoreException if it cannot be read
     */
    public static RecordedTable read(Path file) {
        ParquetFiles files = new ParquetFiles();
        String text = files.footer(hadoop(file)).get(KEY);
        if (text == null) {
            throw new SpaceFormatException("The file " + file + " is a Parquet file without `" + KEY
                    + "` in its footer, so it is not a recorded space.");
        }
        Map<String, Object> about = Json.readObject(text);
        if (!(about.get("version") instanceof Integer version) || version > VERSION) {
            throw new SpaceFormatException("The recorded space " + file + " is of version " + about.get("version")
                    + "; this Perihelion reads up to " + VERSION + ".");
        }
        List<SpaceRow> rows = files.read(ROWS, hadoop(file));
        try {
            List<Map<String, Object>> parameters =
                    Json.convert(about.get("parameters"), new TypeReference<List<Map<String, Object>>>() {});
            return new RecordedTable(
                    String.valueOf(about.get("name")),
                    String.valueOf(about.get("kernel")),
                    String.valueOf(about.get("device")),
                    DescribedSpace.of(
                            parameters,
                            rows.stream().map(SpaceRow::configuration).toList()),
                    rows.stream().flatMap(row -> row.row().stream()).toList(),
                    rows.stream().allMatch(row -> row.row().isPresent()),
                    Json.convert(about.get("attributes"), new TypeReference<TreeMap<String, String>>() {}));
        } catch (IllegalArgumentException e) {
            throw new SpaceFormatException(
                    "The recorded space " + file + " does not hold together: " + e.getMessage(), e);
        }
    }

    private static List<Double> thinned(List<Double> samples) {
        if (samples.size() <= MAX_SAMPLES) {
            return samples;
        }
        List<Double> kept = new ArrayList<>();
        for (int i = 0; i < MAX_SAMPLES; i++) {
            kept.add(samples.get((int) ((long) i * samples.size() / MAX_SAMPLES)));
        }
        return kept;
    }

    private static SpaceRow spaceRow(Row row) {
        Configuration configuration = Configuration.fromJson(row.text("config"));
        if (!row.has("outcome")) {
            return new SpaceRow(configuration, Optional.empty());
        }
        SortedMap<String, Double> facts = new TreeMap<>();
        FACTS.stream().filter(row::has).forEach(fact -> facts.put(fact, (double) row.whole(fact)));
        OptionalDouble latency = row.optionalNumber("latency_ns");
        return new SpaceRow(
                configuration,
                Optional.of(new RecordedRow(
                        configuration,
                        Outcome.fromId(row.text("outcome")),
                        row.optionalText("reason").orElse(""),
                        latency,
                        row.numbers("samples_ns"),
                        row.number("compile_ms"),
                        row.number("measure_ms"),
                        row.optionalText("program").orElse(""),
                        facts)));
    }

    private static org.apache.hadoop.fs.Path hadoop(Path file) {
        return new org.apache.hadoop.fs.Path(file.toAbsolutePath().normalize().toUri());
    }
}
