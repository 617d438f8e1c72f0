package dev.perihelion.search.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Kernel Tuner's cache files, schema version 1.1.0: a header that names kernel, device and parameters, then one object per
 * configuration. Times are milliseconds. Kernel Tuner appends rows to the file as it goes and closes the braces when it
 * ends, so the file of a run that was killed lacks them; such a file is read as far as its last whole row.
 *
 * <p>A cache does not keep the restrictions that forbid configurations, so what it holds is taken for all that is legal.
 */
public final class KernelTunerCache {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double NANOS_PER_MILLI = 1e6;

    /** Kernel Tuner writes one row a line; a torn line is the last one. */
    private static final int MAX_TORN_LINES = 3;

    private KernelTunerCache() {}

    /** Whether a JSON text starts as a cache does; for telling formats apart by content. */
    static boolean isLikeOne(String start) {
        return start.contains("\"tune_params_keys\"") || start.contains("\"kernel_name\"");
    }

    /**
     * Reads a cache as a complete table.
     *
     * @param name of the table; a file's name without its ending serves
     * @throws SpaceFormatException if it cannot be read or is not of this format
     */
    public static RecordedTable read(Path file, String name) {
        JsonNode cache = parse(file);
        if (!cache.has("cache") || !cache.has("tune_params_keys")) {
            throw new SpaceFormatException(
                    "The file " + file + " has no `cache` with `tune_params_keys`, so it is not a Kernel Tuner cache.");
        }
        List<String> keys = new ArrayList<>();
        cache.get("tune_params_keys").forEach(key -> keys.add(key.asText()));
        String objective = cache.path("objective").asText("time");
        List<RecordedRow> rows = new ArrayList<>();
        try {
            cache.get("cache").forEach(row -> rows.add(readRow(keys, objective, row)));
            return new RecordedTable(
                    name,
                    cache.path("kernel_name").asText("unknown"),
                    cache.path("device_name").asText("unknown"),
                    TableSpaces.of(keys, rows),
                    rows,
                    true);
        } catch (IllegalArgumentException e) {
            throw new SpaceFormatException("Cannot read " + file + " as a Kernel Tuner cache: " + e.getMessage(), e);
        }
    }

    /** Writes a table as a cache; gzip where the name ends in {@code .gz}. Facts are written as further columns. */
    public static void write(RecordedTable table, Path file) {
        List<String> keys = FlatConfiguration.keys(table.space());
        ObjectNode root = JSON.createObjectNode();
        root.put("schema_version", "1.1.0");
        root.put("device_name", table.device());
        root.put("kernel_name", table.kernel());
        root.put("problem_size", "unknown");
        root.putPOJO("tune_params_keys", keys);
        ObjectNode values = root.putObject("tune_params");
        for (String key : keys) {
            values.putPOJO(
                    key,
                    table.rows().stream()
                            .map(row ->
                                    FlatConfiguration.of(row.configuration()).get(key))
                            .distinct()
                            .toList());
        }
        root.put("objective", "time");
        ObjectNode rows = root.putObject("cache");
        table.rows().forEach(row -> rows.set(rowKey(keys, row), row(row)));
        try (OutputStream bytes = create(file)) {
            JSON.writeValue(bytes, root);
        } catch (IOException e) {
            throw new SpaceFormatException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static String rowKey(List<String> keys, RecordedRow row) {
        Map<String, Object> values = FlatConfiguration.of(row.configuration());
        return keys.stream().map(key -> String.valueOf(values.get(key))).collect(Collectors.joining(","));
    }

    private static ObjectNode row(RecordedRow row) {
        ObjectNode node = JSON.createObjectNode();
        FlatConfiguration.of(row.configuration()).forEach(node::putPOJO);
        if (row.latencyNanos().isPresent()) {
            node.put("time", row.latencyNanos().getAsDouble() / NANOS_PER_MILLI);
        } else {
            node.put("time", failure(row.outcome()));
        }
        if (!row.samplesNanos().isEmpty()) {
            ArrayNode times = node.putArray("times");
            row.samplesNanos().forEach(nanos -> times.add(nanos / NANOS_PER_MILLI));
        }
        row.facts().forEach(node::put);
        node.put("compile_time", row.compileMillis());
        node.put("verification_time", 0);
        node.put("benchmark_time", row.measureMillis());
        node.put("strategy_time", 0);
        node.put("framework_time", 0);
        node.put("timestamp", "1970-01-01T00:00:00+00:00");
        return node;
    }

    private static RecordedRow readRow(List<String> keys, String objective, JsonNode row) {
        Map<String, Object> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key, JSON.convertValue(row.get(key), Object.class)));
        Configuration configuration = Configuration.of(values);
        double compile = Math.max(0, row.path("compile_time").asDouble(0));
        List<Double> samples = new ArrayList<>();
        double sumMillis = 0;
        for (JsonNode time : row.path("times")) {
            samples.add(time.asDouble() * NANOS_PER_MILLI);
            sumMillis += time.asDouble();
        }
        double measure = row.path("verification_time").asDouble(0)
                + row.path("benchmark_time").asDouble(sumMillis);
        // Whatever was optimised, the time is what we compare; a failure stands under the objective's name.
        JsonNode value = row.has("time") ? row.get("time") : row.path(objective);
        if (!value.isNumber()) {
            // Newer versions write an object {"__error__": class} in place of the class's name.
            String kind = value.path("__error__").asText(value.asText());
            return RecordedRow.failed(
                    configuration, outcome(kind), "recorded as " + kind, compile, Math.max(0, measure));
        }
        if (samples.isEmpty()) {
            return new RecordedRow(
                    configuration,
                    Outcome.MEASURED,
                    "",
                    OptionalDouble.of(value.asDouble() * NANOS_PER_MILLI),
                    List.of(),
                    compile,
                    Math.max(0, measure),
                    "",
                    new TreeMap<>());
        }
        return RecordedRow.measured(configuration, samples, compile, Math.max(0, measure));
    }

    private static Outcome outcome(String kind) {
        return switch (kind) {
            case "CompilationFailedConfig" -> Outcome.COMPILE_ERROR;
            case "InvalidConfig" -> Outcome.OUT_OF_RESOURCES;
            case "RuntimeFailedConfig" -> Outcome.LAUNCH_ERROR;
            default -> throw new IllegalArgumentException("`" + kind + "` is neither a time nor a class of failure.");
        };
    }

    private static String failure(Outcome outcome) {
        return switch (outcome) {
            case COMPILE_ERROR, COMPILE_TIMEOUT -> "CompilationFailedConfig";
            case OUT_OF_RESOURCES -> "InvalidConfig";
            default -> "RuntimeFailedConfig";
        };
    }

    private static JsonNode parse(Path file) {
        String text = text(file);
        for (String candidate : closings(text)) {
            try {
                JsonNode node = JSON.readTree(candidate);
                if (node != null && node.isObject()) {
                    return node;
                }
            } catch (JsonProcessingException e) {
                // The next way to close it may do.
            }
        }
        throw new SpaceFormatException(
                "The file " + file + " is not JSON, even with its last lines dropped and closed.");
    }

    /** The text as it is, then with the braces a killed run leaves out, then with torn last lines dropped before that. */
    private static List<String> closings(String text) {
        List<String> candidates = new ArrayList<>();
        candidates.add(text);
        String rest = text.stripTrailing();
        for (int torn = 0; torn <= MAX_TORN_LINES; torn++) {
            String body = rest.endsWith(",") ? rest.substring(0, rest.length() - 1) : rest;
            candidates.add(body + "}");
            candidates.add(body + "}}");
            int line = rest.lastIndexOf('\n');
            if (line < 0) {
                break;
            }
            rest = rest.substring(0, line).stripTrailing();
        }
        return candidates;
    }

    private static String text(Path file) {
        try (InputStream bytes =
                isGzip(file) ? new GZIPInputStream(Files.newInputStream(file)) : Files.newInputStream(file)) {
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SpaceFormatException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static OutputStream create(Path file) throws IOException {
        OutputStream bytes = Files.newOutputStream(file);
        return isGzip(file) ? new GZIPOutputStream(bytes) : bytes;
    }

    private static boolean isGzip(Path file) {
        return file.getFileName().toString().endsWith(".gz");
    }
}
