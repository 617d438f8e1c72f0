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
 * @param tasks in the order of the specification; those of higher {@link TuningTask#priority priority} go first; targets may
 *     still be {@link TuningTask#AUTO}
 * @param budget of all tasks together
 * @param cold whether tasks begin without what the store knows of other tasks
 */
public record Sweep(
        String id, String name, String specification, List<TuningTask> tasks, SweepBudget budget, boolean cold) {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** A sweep that only its tasks' budgets end, and that may use what the store knows. */
    public Sweep(String id, String name, String specification, List<TuningTask> tasks) {
        this(id, name, specification, tasks, SweepBudget.NONE, false);
    }

    public Sweep {
        tasks = List.copyOf(tasks);
    }

    /** A sweep with a new id: the time in UTC and the name, as {@code 20261123-233512-softmax}. */
    public static Sweep create(String name, String specification, List<TuningTask> tasks, Instant now) {
        return new Sweep(STAMP.format(now) + "-" + slug(name), name, specification, tasks);
    }

    /** The same, as the sweep of another id: to go on with that one. */
    public Sweep withId(String newId) {
        return new Sweep(newId, name, specification, tasks, budget, cold);
    }

    /** The same with another limit for all tasks together. */
    public Sweep withBudget(SweepBudget newBudget) {
        return new Sweep(id, name, specification, tasks, newBudget, cold);
    }

    /** The same, with or without what the store knows of other tasks. */
    public Sweep withCold(boolean newCold) {
        return new Sweep(id, name, specification, tasks, budget, newCold);
    }

    private static String slug(String name) {
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_.]+", "-").replaceAll("^-+|-+$", "");
        return slug.isEmpty() ? "sweep" : slug.substring(0, Math.min(40, slug.length()));
    }
}
