package dev.perihelion.sweep.store;

import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.store.StoreProblem.Kind;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** An event log: whether each of its lines is an event. */
final class EventCheck {

    private static final int SHOWN = 5;

    private EventCheck() {}

    /**
     * Reads a log.
     *
     * @param growing whether a driver may be writing its last line
     * @return how many lines it has
     */
    static long read(Configuration conf, Path file, String name, boolean growing, StoreFindings findings) {
        long lines = 0;
        long broken = 0;
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(file.getFileSystem(conf).open(file), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null) {
                lines++;
                String next = reader.readLine();
                String problem = next == null && growing ? "" : problem(line);
                if (!problem.isEmpty() && broken++ < SHOWN) {
                    findings.add(
                            Kind.EVENT,
                            name,
                            OptionalLong.of(lines),
                            problem,
                            "Delete the line, or have the log's readers skip it; nothing in Perihelion reads it.");
                }
                line = next;
            }
        } catch (FileNotFoundException e) {
            return lines;
        } catch (IOException e) {
            findings.add(
                    Kind.UNREADABLE,
                    name,
                    "It cannot be read: " + e.getMessage(),
                    "Bring it back from a copy, or delete it; nothing in Perihelion reads it.");
        }
        if (broken > SHOWN) {
            findings.add(
                    Kind.EVENT,
                    name,
                    (broken - SHOWN) + " more of its lines are no events.",
                    "Delete the lines, or have the log's readers skip them; nothing in Perihelion reads them.");
        }
        return lines;
    }

    private static String problem(String line) {
        try {
            var event = Json.readObject(line);
            if (event == null
                    || !(event.get("kind") instanceof String)
                    || !(event.get("time") instanceof String time)) {
                return "The line has no `time` or no `kind`.";
            }
            Instant.parse(time);
            return "";
        } catch (IllegalArgumentException e) {
            return "The line is not JSON: it was cut off or changed.";
        } catch (DateTimeParseException e) {
            return "The line's `time` is none: " + e.getParsedString() + ".";
        }
    }
}
