package dev.perihelion.sweep.store;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.TuningTask;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sweep as it was asked for.
 *
 * @param name as the user named it
 * @param specification the text it was made from
 * @param tasksJson its tasks, a JSON list of their JSON texts
 * @param settingsJson its budget and whether it is cold; empty in stores of earlier versions
 * @param perihelionVersion what ran it
 * @param master the Spark master
 * @param createdAt when it began
 * @param finishedAt when it ended, if it did
 */
public record SweepRow(
        String name,
        String specification,
        String tasksJson,
        Optional<String> settingsJson,
        String perihelionVersion,
        String master,
        Instant createdAt,
        Optional<Instant> finishedAt) {

    /** The row of a sweep that begins. */
    public static SweepRow of(Sweep sweep, String perihelionVersion, String master, Instant createdAt) {
        String tasks = Json.write(sweep.tasks().stream().map(TuningTask::toJson).toList());
        return new SweepRow(
                sweep.name(),
                sweep.specification(),
                tasks,
                Optional.of(settings(sweep)),
                perihelionVersion,
                master,
                createdAt,
                Optional.empty());
    }

    /** The same sweep, ended. */
    public SweepRow finished(Instant at) {
        return new SweepRow(
                name, specification, tasksJson, settingsJson, perihelionVersion, master, createdAt, Optional.of(at));
    }

    /** The sweep, ready to run on. */
    public Sweep toSweep(String id) {
        List<TuningTask> tasks = Json.read(tasksJson, new TypeReference<List<String>>() {}).stream()
                .map(TuningTask::fromJson)
                .toList();
        Map<String, Object> settings = settingsJson.map(Json::readObject).orElse(Map.of());
        SweepBudget budget =
                settings.get("budget") instanceof Map<?, ?> limits ? SweepBudget.fromJsonMap(limits) : SweepBudget.NONE;
        return new Sweep(id, name, specification, tasks, budget, Boolean.TRUE.equals(settings.get("cold")));
    }

    private static String settings(Sweep sweep) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("budget", sweep.budget().toJsonMap());
        settings.put("cold", sweep.cold());
        return Json.write(settings);
    }
}
