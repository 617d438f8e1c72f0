package dev.perihelion.sweep.store;

import java.nio.file.Path;
import java.util.Set;

/** Turns a store into one of an earlier version. */
public final class OldStores {

    private static final Set<String> LATER = Set.of("told", "asked_after", "ask_size", "asks", "launch_sha256");

    private OldStores() {}

    /** Takes the columns that came later from a task's trials, and has the task unfinished. */
    public static void forgetOrder(Path folder, String sweep, String task) {
        ParquetFiles files = new ParquetFiles();
        Table<TrialRow> old = new Table<>(
                "trials",
                Tables.TRIALS.columns().stream()
                        .filter(column -> !LATER.contains(column.name()))
                        .toList(),
                Tables.TRIALS.fromRow());
        var trials = new org.apache.hadoop.fs.Path(
                folder.resolve("trials/sweep=" + sweep + "/task=" + task).toUri());
        for (var part : files.list(trials)) {
            files.write(old, part, files.read(Tables.TRIALS, part));
        }
        TrialStore store = new TrialStore(folder.toString());
        TaskRow row = store.task(sweep, task).orElseThrow();
        store.writeTask(
                sweep,
                task,
                row.finished(row.startedAt(), "stopped", "", row.confirmationJson(), row.statisticsJson()));
    }
}
