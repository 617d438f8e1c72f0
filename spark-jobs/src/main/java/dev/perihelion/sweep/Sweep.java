package dev.perihelion.sweep;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Tuning tasks that run together.
 *
 * @param id names the sweep in the store
 * @param name as the user named it
 * @param specification the text it was made from; empty where there is none
 * @param tasks in the order in which they run; targets may still be {@link TuningTask#AUTO}
 */
public record Sweep(String id, String name, String specification, List<TuningTask> tasks) {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    public Sweep {
        tasks = List.copyOf(tasks);
    }

    /** A sweep with a new id: the time in UTC and the name, as {@code 20261123-233512-softmax}. */
    public static Sweep create(String name, String specification, List<TuningTask> tasks, Instant now) {
        return new Sweep(STAMP.format(now) + "-" + slug(name), name, specification, tasks);
    }

    private static String slug(String name) {
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_.]+", "-").replaceAll("^-+|-+$", "");
        return slug.isEmpty() ? "sweep" : slug.substring(0, Math.min(40, slug.length()));
    }
}
