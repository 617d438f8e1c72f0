package dev.perihelion.search.sim;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The T4 results format, schema version 1.0.0, of the auto-tuning community's benchmark hub (Tørring et al., "Towards a
 * benchmarking suite for kernel tuners", 2023): one JSON object per configuration with its times and its class of
 * validity. Files are plain JSON or gzip. Read and written as a stream, because they run to tens of megabytes.
 *
 * <p>The format names neither kernel nor device; both are taken from the file's name, {@code KERNEL-DEVICE.T4.json.gz}. A
 * table holds what was tried; files of the hub are exhaustive, so it is taken as complete.
 */
public final class T4Format {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".t4.json";
    private static final double NANOS_PER_MILLI = 1e6;

    private T4Format() {}

    /** Whether the file's name says that it is of this format. */
    public static boolean isNamedLikeOne(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(SUFFIX) || name.endsWith(SUFFIX + ".gz");
    }

    /**
     * Reads a file as a complete table.
     *
     * @throws SpaceFormatException if it cannot be read or is not of this format
     */
    public static RecordedTable read(Path file) {
        String name = file.getFileName().toString().replaceFirst("(?i)\\.t4\\.json(\\.gz)?$", "");
        int dash = name.lastIndexOf('-');
        String kernel = dash > 0 ? name.substring(0, dash) : name;
        String device = dash > 0 ? name.substring(dash + 1) : "unknown";
        try (InputStream bytes = open(file);
                JsonParser parser = new JsonFactory(JSON).createParser(bytes)) {
            List<RecordedRow> rows = readRows(file, parser);
            if (rows.isEmpty()) {
                throw new SpaceFormatException(
                        "The file " + file + " has no `results`, so it is not of the T4 format.");
            }
            List<String> keys = new ArrayList<>(firstKeys(rows));
            return new RecordedTable(name, kernel, device, TableSpaces.of(keys, rows), rows, true);
        } catch (IOException | IllegalArgumentException e) {
            throw new SpaceFormatException("Cannot read " + file + " as T4 results: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a table; gzip where the name ends in {@code .gz}. Times are milliseconds. Recorded facts, reasons and program
     * names have no place in the format and are left out.
     */
    public static void write(RecordedTable table, Path file) {
        try (OutputStream bytes = create(file);
                JsonGenerator json = new JsonFactory(JSON).createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectField("metadata", Map.of("timeunit", "milliseconds"));
            json.writeArrayFieldStart("results");
            for (RecordedRow row : table.rows()) {
                json.writeRaw('\n');
                writeRow(row, json);
            }
            json.writeEndArray();
            json.writeStringField("schema_version", "1.0.0");
            json.writeEndObject();
        } catch (IOException e) {
            throw new SpaceFormatException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<String> firstKeys(List<RecordedRow> rows) {
        return List.copyOf(rows.get(0).configuration().values().keySet());
    }

    private static List<RecordedRow> readRows(Path file, JsonParser parser) throws IOException {
        List<RecordedRow> rows = new ArrayList<>();
        double unitMillis = 1;
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new SpaceFormatException(
                    "The file " + file + " is not a JSON object, so it is not of the T4 format.");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("metadata")) {
                JsonNode metadata = JSON.readTree(parser);
                unitMillis = unitMillis(file, metadata.path("timeunit").asText("milliseconds"));
                if (!rows.isEmpty() && unitMillis != 1) {
                    throw new SpaceFormatException("The file " + file
                            + " names its time unit after its results; put `metadata` before `results`.");
                }
            } else if (field.equals("results") && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    rows.add(readRow(JSON.readTree(parser), unitMillis));
                }
            } else {
                parser.skipChildren();
            }
        }
        return rows;
    }

    /** The hub's own files spell the unit with one l. */
    private static double unitMillis(Path file, String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "seconds", "s" -> 1e3;
            case "milliseconds", "miliseconds", "ms" -> 1;
            case "microseconds", "us" -> 1e-3;
            case "nanoseconds", "ns" -> 1e-6;
            default ->
                throw new SpaceFormatException("The file " + file + " counts its times in `" + unit
                        + "`, which is none of seconds, milliseconds, microseconds and nanoseconds.");
        };
    }

    private static RecordedRow readRow(JsonNode row, double unitMillis) {
        JsonNode times = row.path("times");
        List<Double> samples = new ArrayList<>();
        double sumMillis = 0;
        for (JsonNode runtime : times.path("runtimes")) {
            samples.add(runtime.asDouble() * unitMillis * NANOS_PER_MILLI);
            sumMillis += runtime.asDouble() * unitMillis;
        }
        double compile = times.path("compilation")
                        .asDouble(times.path("compilation_time").asDouble(0))
                * unitMillis;
        double benchmark = times.has("benchmark") ? times.path("benchmark").asDouble() * unitMillis : sumMillis;
        double measure = benchmark + times.path("validation").asDouble(0) * unitMillis;
        Configuration configuration = Configuration.of(JSON.convertValue(row.path("configuration"), new MapType()));
        String invalidity = row.path("invalidity").asText("");
        Outcome outcome = outcome(invalidity);
        if (!outcome.hasLatency()) {
            return RecordedRow.failed(configuration, outcome, "recorded as " + invalidity, compile, measure);
        }
        if (!samples.isEmpty()) {
            return RecordedRow.measured(configuration, samples, compile, measure);
        }
        OptionalDouble single = singleNanos(row, unitMillis);
        return new RecordedRow(configuration, outcome, "", single, List.of(), compile, measure, "", new TreeMap<>());
    }

    /** A file may keep the objective and no runs. */
    private static OptionalDouble singleNanos(JsonNode row, double unitMillis) {
        String objective = row.path("objectives").path(0).asText("time");
        for (JsonNode measurement : row.path("measurements")) {
            if (measurement.path("name").asText().equals(objective)
                    && measurement.path("value").isNumber()) {
                return OptionalDouble.of(measurement.path("value").asDouble() * unitMillis * NANOS_PER_MILLI);
            }
        }
        return OptionalDouble.empty();
    }

    private static Outcome outcome(String invalidity) {
        return switch (invalidity) {
            case "correct" -> Outcome.MEASURED;
            case "timeout" -> Outcome.RUN_TIMEOUT;
            case "compile" -> Outcome.COMPILE_ERROR;
            case "runtime" -> Outcome.LAUNCH_ERROR;
            case "correctness" -> Outcome.WRONG_RESULT;
            case "constraints" -> Outcome.OUT_OF_RESOURCES;
            default -> throw new IllegalArgumentException("`" + invalidity + "` is not a class of validity.");
        };
    }

    private static String invalidity(Outcome outcome) {
        return switch (outcome) {
            case MEASURED, ESTIMATED -> "correct";
            case RUN_TIMEOUT -> "timeout";
            case COMPILE_ERROR, COMPILE_TIMEOUT -> "compile";
            case WRONG_RESULT -> "correctness";
            case OUT_OF_RESOURCES -> "constraints";
            default -> "runtime";
        };
    }

    private static void writeRow(RecordedRow row, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeObjectField("configuration", FlatConfiguration.of(row.configuration()));
        json.writeObjectFieldStart("times");
        json.writeNumberField("compilation", row.compileMillis());
        json.writeNumberField("benchmark", row.measureMillis());
        json.writeNumberField("framework", 0);
        json.writeNumberField("search_algorithm", 0);
        json.writeNumberField("validation", 0);
        if (!row.samplesNanos().isEmpty()) {
            json.writeArrayFieldStart("runtimes");
            for (double nanos : row.samplesNanos()) {
                json.writeNumber(nanos / NANOS_PER_MILLI);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        String invalidity = invalidity(row.outcome());
        json.writeStringField("invalidity", invalidity);
        json.writeNumberField("correctness", invalidity.equals("correct") ? 1 : 0);
        if (row.latencyNanos().isPresent()) {
            json.writeObjectField(
                    "measurements",
                    List.of(Map.of(
                            "name",
                            "time",
                            "value",
                            row.latencyNanos().getAsDouble() / NANOS_PER_MILLI,
                            "unit",
                            "milliseconds")));
        }
        json.writeObjectField("objectives", List.of("time"));
        json.writeEndObject();
    }

    private static InputStream open(Path file) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        return isGzip(file) ? new GZIPInputStream(bytes, 1 << 16) : bytes;
    }

    private static OutputStream create(Path file) throws IOException {
        OutputStream bytes = Files.newOutputStream(file);
        return isGzip(file) ? new GZIPOutputStream(bytes, 1 << 16) : bytes;
    }

    private static boolean isGzip(Path file) {
        return file.getFileName().toString().endsWith(".gz");
    }

    private static final class MapType extends com.fasterxml.jackson.core.type.TypeReference<Map<String, Object>> {}
}
