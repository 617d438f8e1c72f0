package dev.perihelion.sweep.store;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A sweep as it was asked for.
 *
 * @param name as the user named it
 * @param specification the text it was made from
 * @param tasksJson its tasks, a JSON list of their JSON texts
 * @param perihelionVersion what ran it
 * @param master the Spark master
 * @param createdAt when it began
 * @param finishedAt when it ended, if it did
 */
public record SweepRow(
        String name,
        String specification,
        String tasksJson,
        String perihelionVersion,
        String master,
        Instant createdAt,
        Optional<Instant> finishedAt) {

    /** The row of a sweep that begins. */
    public static SweepRow of(Sweep sweep, String perihelionVersion, String master, Instant createdAt) {
        String tasks = Json.write(sweep.tasks().stream().map(TuningTask::toJson).toList());
        return new SweepRow(
                sweep.name(), sweep.specification(), tasks, perihelionVersion, master, createdAt, Optional.empty());
    }

    /** The same sweep, ended. */
    public SweepRow finished(Instant at) {
        return new SweepRow(name, specification, tasksJson, perihelionVersion, master, createdAt, Optional.of(at));
    }

    /** The sweep, ready to run on. */
    public Sweep toSweep(String id) {
        List<TuningTask> tasks = Json.read(tasksJson, new TypeReference<List<String>>() {}).stream()
                .map(TuningTask::fromJson)
                .toList();
        return new Sweep(id, name, specification, tasks);
    }
}
