package dev.perihelion.sweep.store;

import dev.perihelion.sweep.events.EventFile;
import dev.perihelion.sweep.events.EventSink;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * The results, as immutable Parquet files under a folder or an object-store prefix (see docs/store.md). Each file appears
 * whole; a trial is never stored twice. One process writes a task at a time; any number read.
 */
public final class TrialStore {

    private final Path root;
    private final ParquetFiles files = new ParquetFiles();

    /**
     * A store, which need not exist yet; nothing is made before the first write.
     *
     * @param root a folder, or a URI that Hadoop knows, as {@code s3a://bucket/prefix}
     */
    public TrialStore(String root) {
        this.root = root.contains("://")
                ? new Path(root)
                : new Path(
                        java.nio.file.Path.of(root).toAbsolutePath().normalize().toUri());
    }

    /** Where it lies, as a URI. */
    public String location() {
        return root.toString();
    }

    /** Writes or replaces a sweep's row. */
    public void writeSweep(String sweep, SweepRow row) {
        files.write(Tables.SWEEPS, sweepFile(sweep), List.of(row));
    }

    /** Writes or replaces a task's row. */
    public void writeTask(String sweep, String task, TaskRow row) {
        files.write(Tables.TASKS, taskFile(sweep, task), List.of(row));
    }

    /**
     * What appends to a sweep's event log: one file that grows where the store is a folder of this machine, else a folder with
     * a file for each minute or so.
     *
     * @param run names this run of the sweep, unlike any other
     */
    public EventSink eventSink(String sweep, String run) {
        if ("file".equals(root.toUri().getScheme())) {
            return new EventFile(
                    java.nio.file.Path.of(root.toUri()).resolve("events").resolve(sweep + ".jsonl"));
        }
        return new EventParts(files.conf(), new Path(root, "events/" + sweep), run);
    }

    /** What appends trials to a task. */
    public TrialWriter writer(String sweep, String task) {
        return new TrialWriter(files, trialFolder(sweep, task));
    }

    /** The trials of one task in the order of their numbers. A compaction may run meanwhile. */
    public List<TrialRow> trials(String sweep, String task) {
        Map<String, TrialRow> byId = new LinkedHashMap<>();
        for (List<TrialRow> part :
                files.readAll(Tables.TRIALS, trialFolder(sweep, task)).values()) {
            part.forEach(row -> byId.putIfAbsent(row.id(), row));
        }
        List<TrialRow> rows = new ArrayList<>(byId.values());
        rows.sort(java.util.Comparator.comparingLong(row -> row.trial().number()));
        return rows;
    }

    /** The tasks of a sweep that have begun, by id, in the sweep's order where that is known. */
    public Map<String, TaskRow> tasks(String sweep) {
        Map<String, TaskRow> tasks = new LinkedHashMap<>();
        List<Map.Entry<String, TaskRow>> found = new ArrayList<>();
        for (Path file : files.list(new Path(root, "tasks/sweep=" + sweep))) {
            String task =
                    file.getName().substring("task=".length(), file.getName().length() - ".parquet".length());
            files.read(Tables.TASKS, file).forEach(row -> found.add(Map.entry(task, row)));
        }
        found.sort(java.util.Comparator.comparing(entry -> entry.getValue().startedAt()));
        found.forEach(entry -> tasks.put(entry.getKey(), entry.getValue()));
        return tasks;
    }

    /** One task, if it has begun. */
    public Optional<TaskRow> task(String sweep, String task) {
        Path file = taskFile(sweep, task);
        return files.exists(file) ? files.read(Tables.TASKS, file).stream().findFirst() : Optional.empty();
    }

    /** One sweep, if it is there. */
    public Optional<SweepRow> sweep(String sweep) {
        Path file = sweepFile(sweep);
        return files.exists(file) ? files.read(Tables.SWEEPS, file).stream().findFirst() : Optional.empty();
    }

    /** The ids of all sweeps, oldest first: ids start with the time. */
    public List<String> sweeps() {
        return files.list(new Path(root, "sweeps")).stream()
                .map(file -> file.getName().substring(0, file.getName().length() - ".parquet".length()))
                .toList();
    }

    /**
     * The sweep that the user means.
     *
     * @param idOrLatest an id, or {@code latest}
     * @throws StoreException if it is not there; the message says what is
     */
    public String resolve(String idOrLatest) {
        List<String> sweeps = sweeps();
        if (sweeps.isEmpty()) {
            throw new StoreException("The store " + location()
                    + " holds no sweep. Run `perihelion tune` or `perihelion sweep` first, or name another `--store`.");
        }
        String last = sweeps.get(sweeps.size() - 1);
        if (idOrLatest.equals("latest")) {
            return last;
        }
        if (!sweeps.contains(idOrLatest)) {
            throw new StoreException(
                    "The store " + location() + " has no sweep `" + idOrLatest + "`. Its latest is `" + last + "`.");
        }
        return idOrLatest;
    }

    /**
     * Reads everything and tells what is wrong; changes nothing.
     *
     * @throws StoreException where there is no store, or its folders cannot be listed
     */
    public StoreReport check(StoreProgress progress) {
        return new StoreCheck(files, root, progress, Instant.now()).run();
    }

    /**
     * Makes one file of the many that each finished task's trials are in. May be cut off at any moment.
     *
     * @param sweep an id, {@code latest}, or empty for all sweeps
     * @param force whether tasks and sweeps that have not ended are compacted too
     * @throws StoreException where the sweep is not there, or was named and has not ended
     */
    public CompactionReport compact(Optional<String> sweep, boolean force, StoreProgress progress) {
        List<String> chosen = sweep.map(id -> List.of(resolve(id))).orElseGet(this::sweeps);
        CompactionPlan plan = CompactionPlan.of(this, chosen, force);
        if (sweep.isPresent() && plan.leftOut().containsKey(chosen.get(0))) {
            throw new StoreException("Sweep " + chosen.get(0) + " was left as it is: "
                    + plan.leftOut().get(chosen.get(0)));
        }
        Compaction compaction = new Compaction(files, Instant.now());
        List<CompactionReport.Task> done = new ArrayList<>();
        for (CompactionPlan.Task task : plan.tasks()) {
            done.add(compaction.run(task.sweep(), task.id(), trialFolder(task.sweep(), task.id())));
            progress.at(done.size(), plan.tasks().size(), task.id());
        }
        return new CompactionReport(done, plan.leftOut());
    }

    private Path sweepFile(String sweep) {
        return new Path(root, "sweeps/" + sweep + ".parquet");
    }

    private Path taskFile(String sweep, String task) {
        return new Path(root, "tasks/sweep=" + sweep + "/task=" + task + ".parquet");
    }

    private Path trialFolder(String sweep, String task) {
        return new Path(root, "trials/sweep=" + sweep + "/task=" + task);
    }
}
