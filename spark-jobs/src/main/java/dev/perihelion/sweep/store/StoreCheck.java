package dev.perihelion.sweep.store;

import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.store.StoreProblem.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Reads a whole store and tells what is wrong with it; changes nothing. Drivers and compactions may run meanwhile: what they
 * are writing is no problem, and a task whose files were replaced under the reader is read again.
 */
public final class StoreCheck {

    /** An unfinished file that is younger may still be written. */
    private static final Duration WRITING = Duration.ofMinutes(10);

    private static final int ATTEMPTS = 5;
    private static final String STRAY = "Move it out of the store.";

    private final ParquetFiles files;
    private final Path root;
    private final String location;
    private final StoreProgress progress;
    private final Instant now;
    private final StoreFindings findings = new StoreFindings();
    private final Map<String, Optional<SweepRow>> sweeps = new TreeMap<>();
    private final Map<String, TaskRow> taskRows = new HashMap<>();
    private final Set<String> taskFiles = new HashSet<>();
    private long trialRows;
    private long eventLines;
    private long fileCount;
    private long byteCount;
    private long done;
    private long all;

    StoreCheck(ParquetFiles files, Path root, StoreProgress progress, Instant now) {
        this.files = files;
        this.root = root;
        this.location = root.toString();
        this.progress = progress;
        this.now = now;
    }

    /**
     * Reads everything.
     *
     * @throws StoreException where there is no store, or its folders cannot be listed
     */
    StoreReport run() {
        Set<String> tables = new TreeSet<>();
        files.entries(root).forEach(entry -> tables.add(entry.getPath().getName()));
        if (!tables.contains("sweeps") && !tables.contains("tasks") && !tables.contains("trials")) {
            throw new StoreException("There is no store at " + location + ": it has none of the folders `sweeps`, "
                    + "`tasks` and `trials`. Name another `--store`.");
        }
        List<FileStatus> sweepFiles = finished("sweeps", ".parquet");
        List<FileStatus> taskSweeps = folders("tasks", "sweep=");
        List<Path> trialFolders = new ArrayList<>();
        for (FileStatus sweep : folders("trials", "sweep=")) {
            folders(name(sweep.getPath()), "task=").forEach(folder -> trialFolders.add(folder.getPath()));
        }
        all = sweepFiles.size() + taskSweeps.size() + trialFolders.size();
        sweepFiles.forEach(this::sweep);
        taskSweeps.forEach(folder -> tasks(folder.getPath()));
        trialFolders.forEach(this::trials);
        events();
        long sweepRows = sweeps.values().stream().filter(Optional::isPresent).count();
        return new StoreReport(
                location, sweepRows, taskRows.size(), trialRows, eventLines, fileCount, byteCount, findings.problems());
    }

    private void sweep(FileStatus file) {
        String name = name(file.getPath());
        String id = without(file.getPath().getName(), "", ".parquet");
        count(file);
        sweeps.put(id, Optional.empty());
        try {
            CheckedFile.read(files, Tables.SWEEPS, file.getPath(), name, findings, (number, raw, row) -> {
                sweeps.put(id, Optional.of(row));
                try {
                    row.toSweep(id);
                } catch (RuntimeException e) {
                    findings.add(Kind.VALUE, name, "Its tasks cannot be read: " + e.getMessage(), "Start a new sweep.");
                }
            });
        } catch (CheckedFile.Gone e) {
            sweeps.remove(id);
        }
        step(name);
    }

    private void tasks(Path folder) {
        String sweep = without(folder.getName(), "sweep=", "");
        List<FileStatus> tasks = finished(name(folder), ".parquet");
        for (FileStatus file : tasks) {
            String name = name(file.getPath());
            count(file);
            if (!file.getPath().getName().startsWith("task=")) {
                findings.add(Kind.STRAY, name, "Its name does not begin with `task=`.", STRAY);
                continue;
            }
            String task = without(file.getPath().getName(), "task=", ".parquet");
            taskFiles.add(sweep + "/" + task);
            try {
                CheckedFile.read(files, Tables.TASKS, file.getPath(), name, findings, (number, raw, row) -> {
                    taskRows.put(sweep + "/" + task, row);
                    task(name, sweep, task, row);
                });
            } catch (CheckedFile.Gone e) {
                taskFiles.remove(sweep + "/" + task);
            }
        }
        if (!tasks.isEmpty() && !sweeps.containsKey(sweep)) {
            findings.add(
                    Kind.ORPHAN,
                    name(folder),
                    "There is no sweep " + sweep + ", and here are tasks of it.",
                    "Bring `sweeps/" + sweep + ".parquet` back from a copy; without it nothing shows these tasks.");
        }
        step(name(folder));
    }

    private void task(String name, String sweep, String task, TaskRow row) {
        Optional<SweepRow> sweepRow = sweeps.getOrDefault(sweep, Optional.empty());
        String id = row.task().id();
        if (!readable(id).equals(readable(task))) {
            findings.add(
                    Kind.PLACE,
                    name,
                    "It is task " + id + ", and its file's name is that of another.",
                    "Give the file the name of its task, in the folder of its sweep.");
        } else if (sweepRow.isPresent() && !isAmong(row.task(), sweepRow.get(), sweep)) {
            findings.add(
                    Kind.PLACE,
                    name,
                    "Sweep " + sweep + " has no such task.",
                    "Move it, and its folder of trials, to the sweep that it belongs to.");
        }
        boolean ended = sweepRow.flatMap(SweepRow::finishedAt).isPresent();
        if (ended && row.state().equals("running")) {
            findings.add(
                    Kind.STATE,
                    name,
                    "The task is `running`, and its sweep has ended.",
                    "Run `perihelion sweep --resume " + sweep + "` to end it, unless that is running now.");
        }
    }

    private static boolean isAmong(TuningTask task, SweepRow row, String sweep) {
        try {
            return row.toSweep(sweep).tasks().stream()
                    .map(asked -> asked.target().equals(TuningTask.AUTO) ? asked.withTarget(task.target()) : asked)
                    .anyMatch(asked -> asked.id().equals(task.id()));
        } catch (RuntimeException e) {
            // Told with the sweep.
            return true;
        }
    }

    /** A task's id without the hash at its end, which other versions make of other things. */
    private static String readable(String task) {
        return task.replaceFirst("-[0-9a-f]{6}$", "");
    }

    private void trials(Path folder) {
        String sweep = without(folder.getParent().getName(), "sweep=", "");
        String task = without(folder.getName(), "task=", "");
        String key = sweep + "/" + task;
        String name = name(folder);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            StoreFindings own = new StoreFindings();
            TaskCheck check = new TaskCheck(task, Optional.ofNullable(taskRows.get(key)), own);
            try {
                List<FileStatus> parts = finished(name, ".parquet", own);
                parts.forEach(part -> check.read(files, part.getPath(), name(part.getPath())));
                if (!parts.isEmpty() && !taskFiles.contains(key)) {
                    own.add(
                            Kind.ORPHAN,
                            name,
                            "There is no task " + task + " in sweep " + sweep + ", and here are trials of it.",
                            "Bring `tasks/sweep=" + sweep + "/task=" + task
                                    + ".parquet` back from a copy; without it nothing shows these trials.");
                }
                check.end(name, "tasks/sweep=" + sweep + "/task=" + task + ".parquet");
                parts.forEach(this::count);
                trialRows += check.rows();
                findings.addAll(own);
                break;
            } catch (CheckedFile.Gone e) {
                // A compaction replaced files: once more.
            }
        }
        step(name);
    }

    private void events() {
        for (FileStatus entry : files.entries(new Path(root, "events"))) {
            String own = entry.getPath().getName();
            if (entry.isFile()) {
                if (looksFinished(entry, ".jsonl", findings)) {
                    event(entry, without(own, "", ".jsonl"));
                }
            } else {
                finished("events/" + own, ".jsonl").forEach(part -> event(part, own));
            }
        }
    }

    private void event(FileStatus file, String sweep) {
        String name = name(file.getPath());
        count(file);
        if (!sweeps.containsKey(sweep)) {
            findings.add(
                    Kind.ORPHAN,
                    name,
                    "There is no sweep " + sweep + ", and here is its log.",
                    "Move it out of the store.");
        }
        boolean growing = sweeps.getOrDefault(sweep, Optional.empty())
                .flatMap(SweepRow::finishedAt)
                .isEmpty();
        eventLines += EventCheck.read(files.conf(), file.getPath(), name, growing, findings);
    }

    private List<FileStatus> finished(String folder, String ending) {
        return finished(folder, ending, findings);
    }

    /** The files of a folder whose names end so; what else is there is told. */
    private List<FileStatus> finished(String folder, String ending, StoreFindings to) {
        return files.entries(new Path(root, folder)).stream()
                .filter(entry -> looksFinished(entry, ending, to))
                .toList();
    }

    private boolean looksFinished(FileStatus entry, String ending, StoreFindings to) {
        String own = entry.getPath().getName();
        String name = name(entry.getPath());
        if (own.startsWith(ParquetFiles.TEMPORARY)) {
            leftover(entry, name, to);
            return false;
        }
        if (own.startsWith("_") || own.startsWith(".")) {
            return false;
        }
        if (entry.isDirectory() || !own.endsWith(ending)) {
            to.add(
                    Kind.STRAY,
                    name,
                    entry.isDirectory() ? "Here are files only, and it is a folder." : "It is no " + ending + " file.",
                    STRAY);
            return false;
        }
        return true;
    }

    private void leftover(FileStatus entry, String name, StoreFindings to) {
        Duration age = Duration.between(Instant.ofEpochMilli(entry.getModificationTime()), now);
        if (age.compareTo(WRITING) < 0) {
            return;
        }
        String meant = entry.getPath().getName().replaceFirst("^_tmp-[0-9a-f-]{36}-", "");
        boolean lost = !name.startsWith("trials/")
                && !meant.startsWith("_")
                && !files.exists(new Path(entry.getPath().getParent(), meant));
        to.add(
                Kind.LEFTOVER,
                name,
                "It was begun and not finished: its writer was killed.",
                lost
                        ? "There is no `" + meant + "` beside it: rename it to that if it can be read, else delete it."
                        : "Delete it, no reader sees it; `perihelion store compact` does so for trials.");
    }

    /** The folders whose names begin so; what else is there is told. */
    private List<FileStatus> folders(String folder, String beginning) {
        List<FileStatus> found = new ArrayList<>();
        for (FileStatus entry : files.entries(new Path(root, folder))) {
            String own = entry.getPath().getName();
            if (own.startsWith(ParquetFiles.TEMPORARY)) {
                leftover(entry, name(entry.getPath()), findings);
            } else if (entry.isDirectory() && own.startsWith(beginning)) {
                found.add(entry);
            } else if (!own.startsWith("_") && !own.startsWith(".")) {
                findings.add(
                        Kind.STRAY,
                        name(entry.getPath()),
                        "Here are only folders named `" + beginning + "...`.",
                        STRAY);
            }
        }
        return found;
    }

    private void count(FileStatus file) {
        fileCount++;
        byteCount += file.getLen();
    }

    private void step(String where) {
        done++;
        progress.at(done, all, where);
    }

    /** A path below the store. */
    private String name(Path path) {
        String whole = path.toUri().getPath();
        String base = root.toUri().getPath();
        String below = whole.startsWith(base) ? whole.substring(base.length()) : whole;
        return below.startsWith("/") ? below.substring(1) : below;
    }

    private static String without(String name, String beginning, String ending) {
        return name.substring(beginning.length(), name.length() - ending.length());
    }
}
