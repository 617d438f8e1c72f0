package dev.perihelion.sweep.store;

import dev.perihelion.sweep.Hashes;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.store.StoreProblem.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;

/** The trials of one task: whether they are of that task, there once, in an order without gaps, and refer to what is there. */
final class TaskCheck {

    private static final String RESTORE =
            "Bring the lost trials' file back from a copy; without it `sweep --resume` refuses "
                    + "this task, and `results` and `export` go on without those trials.";

    private final String task;
    private final Optional<TaskRow> row;
    private final StoreFindings findings;
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    private final Map<String, Integer> repeated = new LinkedHashMap<>();
    private boolean whole = true;
    private long rows;

    private record Seen(
            String file, long row, String hash, Optional<TrialRow.Place> place, Optional<String> original) {}

    /** A check; {@code row} is the task's where that could be read. */
    TaskCheck(String task, Optional<TaskRow> row, StoreFindings findings) {
        this.task = task;
        this.row = row;
        this.findings = findings;
    }

    /** How many rows there were. */
    long rows() {
        return rows;
    }

    /** Reads one file. */
    void read(ParquetFiles files, Path file, String name) {
        whole &= CheckedFile.read(files, Tables.TRIALS, file, name, findings, (number, raw, trial) -> {
            rows++;
            checkPlace(name, number, trial);
            Seen now =
                    new Seen(name, number, Hashes.sha256(raw.values().toString()), trial.place(), trial.duplicateOf());
            Seen before = seen.putIfAbsent(trial.id(), now);
            if (before != null && before.hash().equals(now.hash())) {
                repeated.merge(name, 1, Integer::sum);
            } else if (before != null) {
                findings.add(
                        Kind.CONFLICT,
                        name,
                        OptionalLong.of(number),
                        "Trial " + trial.id() + " has another row in " + before.file() + ", row " + before.row()
                                + ", and they differ; readers take that one.",
                        "Find out who else wrote into this store, and move one of the two files out of it.");
            }
        });
    }

    private void checkPlace(String name, long number, TrialRow trial) {
        String id = String.format(Locale.ROOT, "%s-%05d", task, trial.trial().number());
        String action = "Move the file to the folder of the task that it belongs to.";
        if (!trial.id().equals(id)) {
            findings.add(
                    Kind.PLACE,
                    name,
                    OptionalLong.of(number),
                    "It is trial " + trial.id() + ", and in this folder its number makes it " + id + ".",
                    action);
        } else if (row.isPresent() && !trial.kernel().equals(row.get().task().kernel())) {
            findings.add(
                    Kind.PLACE,
                    name,
                    OptionalLong.of(number),
                    "Its kernel is " + trial.kernel() + ", and its task's is "
                            + row.get().task().kernel() + ".",
                    action);
        } else if (row.isPresent() && !trial.target().equals(row.get().task().target())) {
            findings.add(
                    Kind.PLACE,
                    name,
                    OptionalLong.of(number),
                    "Its target is " + trial.target() + ", and its task's is "
                            + row.get().task().target() + ".",
                    action);
        }
    }

    /** All files are read. */
    void end(String folder, String taskFile) {
        repeated.forEach((file, count) -> findings.add(
                Kind.REPEATED,
                file,
                count + " of its rows are in other files too, all alike: a compaction was cut off.",
                "Run `perihelion store compact` again; until then readers other than Perihelion see them twice."));
        if (!whole) {
            // What is missing is told already, and with it goes all that follows.
            return;
        }
        checkOrder(folder);
        seen.forEach((id, trial) -> trial.original()
                .filter(original -> !seen.containsKey(original))
                .ifPresent(original -> findings.add(
                        Kind.REFERENCE,
                        trial.file(),
                        OptionalLong.of(trial.row()),
                        "Trial " + id + " is a duplicate of " + original + ", which is not there.",
                        RESTORE)));
        row.flatMap(TaskRow::confirmationJson)
                .map(Json::readObject)
                .map(confirmation -> confirmation.get("best_trial"))
                .filter(best -> best instanceof String && !seen.containsKey(best))
                .ifPresent(best -> findings.add(
                        Kind.REFERENCE,
                        taskFile,
                        "The task's best trial is " + best + ", which is not there.",
                        RESTORE));
    }

    private void checkOrder(String folder) {
        List<Seen> placed = new ArrayList<>(seen.values().stream()
                .filter(trial -> trial.place().isPresent())
                .toList());
        if (placed.isEmpty()) {
            // Earlier versions did not keep the order.
            return;
        }
        seen.forEach((id, trial) -> {
            if (trial.place().isEmpty()) {
                findings.add(
                        Kind.ORDER,
                        trial.file(),
                        OptionalLong.of(trial.row()),
                        "Trial " + id + " has no place in the order of telling, and others of its task have.",
                        "Find out which version wrote it; `sweep --resume` refuses this task.");
            }
        });
        placed.sort(Comparator.comparingLong((Seen trial) -> told(trial))
                .thenComparing(Seen::file)
                .thenComparingLong(Seen::row));
        long next = 0;
        for (Seen trial : placed) {
            if (told(trial) < next) {
                findings.add(
                        Kind.ORDER,
                        trial.file(),
                        OptionalLong.of(trial.row()),
                        "It was told as number " + told(trial) + ", and so was another trial of its task.",
                        "Find out who else wrote into this store; `sweep --resume` refuses this task.");
            } else if (told(trial) > next) {
                long last = told(trial) - 1;
                findings.add(
                        Kind.ORDER,
                        folder,
                        (last == next
                                        ? "The trial that was told as number " + next + " is"
                                        : "The trials that were told as numbers " + next + " to " + last + " are")
                                + " not there, and later ones are.",
                        RESTORE);
            }
            next = told(trial) + 1;
        }
    }

    private static long told(Seen trial) {
        return trial.place().map(TrialRow.Place::told).orElse(-1L);
    }
}
