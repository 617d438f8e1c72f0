package dev.perihelion.sweep.spaces;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.search.sim.DescribedSpace;
import dev.perihelion.search.sim.RecordedRow;
import dev.perihelion.search.sim.RecordedTable;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.store.TaskRow;
import dev.perihelion.sweep.store.TrialRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A tuning task's trials as a recorded space. What was tried is taken for all that is legal, so a task that measured a
 * sub-space exhaustively gives a complete table of it. Failures of our own machinery are left out.
 */
public final class StoredSpace {

    private StoredSpace() {}

    /**
     * The space of one task.
     *
     * @param name of the recording
     * @throws IllegalArgumentException if no trial has a latency, or the default configuration is not among the trials
     */
    public static RecordedTable of(TaskResult result, String name) {
        TaskRow task = result.row();
        Map<String, TrialRow> byId = new HashMap<>();
        result.trials().forEach(trial -> byId.put(trial.id(), trial));
        List<RecordedRow> rows = new ArrayList<>();
        for (TrialRow trial : result.trials().stream().filter(belongs(task)).toList()) {
            TrialRow original = trial.duplicateOf().map(byId::get).orElse(trial);
            if (original != null
                    && original.result().outcome() != Outcome.INFRASTRUCTURE
                    && original.result().outcome() != Outcome.DUPLICATE) {
                rows.add(row(trial, original));
            }
        }
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put("arguments", task.argumentsJson());
        attributes.put("target", task.task().target());
        // Recordings go elsewhere, where the folder means nothing.
        attributes.put("kernel_file", task.task().file().replaceFirst(".*[/\\\\]", ""));
        if (!rows.isEmpty()) {
            attributes.put("policy", result.trials().get(0).policyJson());
            attributes.put("toolchain", result.trials().get(0).toolchainJson());
        }
        return new RecordedTable(
                name,
                task.task().kernel(),
                result.device().orElse("estimates for " + task.task().target()),
                DescribedSpace.of(
                        Json.read(task.spaceJson(), new TypeReference<List<Map<String, Object>>>() {}),
                        rows.stream().map(RecordedRow::configuration).toList()),
                rows,
                true,
                attributes);
    }

    /** Where a list was measured, the compiler's own suggestions, which are tried as well, are no part of the space. */
    private static Predicate<TrialRow> belongs(TaskRow task) {
        if (!task.task().strategy().equals("listed")) {
            return trial -> true;
        }
        Set<Configuration> listed = new HashSet<>(task.task().configurations());
        listed.add(task.defaultConfiguration());
        return trial -> listed.contains(trial.configuration());
    }

    /** The trial's configuration with what its program's trial gave and cost. */
    private static RecordedRow row(TrialRow trial, TrialRow original) {
        SortedMap<String, Double> facts = new TreeMap<>();
        original.facts().ifPresent(known -> {
            facts.put("registers", (double) known.registers());
            facts.put("spill_bytes", (double) known.spillBytes());
            facts.put("shared_bytes", (double) known.sharedBytes());
            facts.put("threads", (double) known.threads());
            facts.put("programs", (double) known.programs());
        });
        return new RecordedRow(
                trial.configuration(),
                original.result().outcome(),
                original.result().reason(),
                original.result().latencyNanos(),
                original.timing().map(TrialRow.Timing::samplesNanos).orElse(List.of()),
                original.compileMillis(),
                original.measureMillis(),
                original.id(),
                facts);
    }
}
