package dev.perihelion.sweep.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Makes one file of a task's many. The new file is written and renamed into place beside the old ones under a name that no
 * writer of trials uses, then read back, and only then the old ones are deleted, one by one. Wherever that is cut off, every row
 * is in a file; rows that are in two are one for readers, which go by the trial's id, and the next compaction ends it.
 */
final class Compaction {

    private static final Duration WRITING = Duration.ofMinutes(10);

    private final ParquetFiles files;
    private final Instant now;

    Compaction(ParquetFiles files, Instant now) {
        this.files = files;
        this.now = now;
    }

    /**
     * Compacts a task.
     *
     * @param folder of its trials
     * @return what was done; its problem tells where a file cannot be read or written, and then no row is lost
     */
    CompactionReport.Task run(String sweep, String task, Path folder) {
        List<FileStatus> before = List.of();
        List<FileStatus> after = List.of();
        long removed = 0;
        String problem;
        try {
            before = finished(folder);
            after = before;
            problem = before.size() < 2 ? "" : merge(folder, before);
            if (problem.isEmpty()) {
                removed = removeLeftovers(folder);
            }
            after = finished(folder);
        } catch (StoreException e) {
            problem = e.getMessage();
        }
        return new CompactionReport.Task(
                sweep, task, before.size(), after.size(), bytes(before), bytes(after), removed, problem);
    }

    private String merge(Path folder, List<FileStatus> parts) {
        Table<Row> table = Tables.TRIALS.raw();
        Map<Path, List<Row>> byFile = new LinkedHashMap<>();
        Map<String, Row> byId = new LinkedHashMap<>();
        for (FileStatus part : parts) {
            String newer = newer(table, part.getPath());
            if (!newer.isEmpty()) {
                return newer;
            }
            List<Row> rows = files.read(table, part.getPath());
            byFile.put(part.getPath(), rows);
            for (Row row : rows) {
                if (row.whole("schema_version") > Tables.SCHEMA_VERSION) {
                    return "Its rows in " + part.getPath().getName() + " are of a newer version of Perihelion; compact "
                            + "with that.";
                }
                Row other = byId.putIfAbsent(row.text("trial"), row);
                if (other != null && !other.equals(row)) {
                    return "Rows of trial " + row.text("trial") + " differ; `perihelion store fsck` tells where.";
                }
            }
        }
        List<Row> merged = new ArrayList<>(byId.values());
        merged.sort(Comparator.comparingLong(row -> row.whole("number")));
        Path whole = byFile.entrySet().stream()
                .filter(entry -> entry.getValue().equals(merged))
                .map(Map.Entry::getKey)
                .reduce((first, second) -> second)
                .orElse(null);
        if (whole == null) {
            whole = write(table, folder, parts, merged);
        }
        for (Path part : byFile.keySet()) {
            if (!part.equals(whole)) {
                delete(part);
            }
        }
        return "";
    }

    /** Columns that would be lost, because this version does not know them. */
    private String newer(Table<Row> table, Path part) {
        Set<String> unknown = new HashSet<>(files.columns(part));
        table.columns().forEach(column -> unknown.remove(column.name()));
        return unknown.isEmpty()
                ? ""
                : "Its file " + part.getName() + " has the column `"
                        + unknown.iterator().next()
                        + "`, which this version of Perihelion does not know; compact with the one that wrote it.";
    }

    private Path write(Table<Row> table, Path folder, List<FileStatus> parts, List<Row> merged) {
        Path file = freeName(folder, parts);
        Path temporary = ParquetFiles.temporary(file);
        try {
            files.writeAs(table, temporary, merged, Map.of());
            force(temporary);
            FileSystem system = file.getFileSystem(files.conf());
            // Never onto a file: where there is one after all, another compaction runs, and one is enough.
            if (system.exists(file) || !system.rename(temporary, file)) {
                throw new IOException("`" + temporary.getName() + "` cannot be renamed; does another compaction run?");
            }
        } catch (IOException e) {
            files.discard(temporary);
            throw new StoreException("Cannot write " + file + ": " + e.getMessage() + ".", e);
        }
        if (!files.read(table, file).equals(merged)) {
            throw new StoreException("The file " + file
                    + " does not hold what was written to it; the others of its task " + "were left as they are.");
        }
        return file;
    }

    /**
     * The name of the last file with a letter more: it sorts and counts as that one, so the next that a writer makes has the
     * next number, and no writer makes this one.
     */
    private static Path freeName(Path folder, List<FileStatus> parts) {
        Set<String> taken = new HashSet<>();
        parts.forEach(part -> taken.add(part.getPath().getName()));
        String last = parts.get(parts.size() - 1).getPath().getName();
        String stem = last.substring(0, last.length() - ".parquet".length()).replaceFirst("-c+$", "");
        String name = stem + "-c";
        while (taken.contains(name + ".parquet")) {
            name += "c";
        }
        return new Path(folder, name + ".parquet");
    }

    /** A power failure must not take the new file after the old ones are gone. Object stores and HDFS see to that. */
    private static void force(Path file) throws IOException {
        if ("file".equals(file.toUri().getScheme())) {
            try (FileChannel channel =
                    FileChannel.open(java.nio.file.Path.of(file.toUri()), StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    private void delete(Path file) {
        try {
            FileSystem system = file.getFileSystem(files.conf());
            if (!system.delete(file, false) && system.exists(file)) {
                throw new IOException("it is still there");
            }
        } catch (FileNotFoundException e) {
            // Another compaction was faster.
        } catch (IOException e) {
            throw new StoreException("Cannot delete " + file + ": " + e.getMessage() + ".", e);
        }
    }

    private long removeLeftovers(Path folder) {
        List<FileStatus> old = files.entries(folder).stream()
                .filter(entry -> entry.isFile() && entry.getPath().getName().startsWith(ParquetFiles.TEMPORARY))
                .filter(entry -> Duration.between(Instant.ofEpochMilli(entry.getModificationTime()), now)
                                .compareTo(WRITING)
                        >= 0)
                .toList();
        old.forEach(entry -> delete(entry.getPath()));
        return old.size();
    }

    private List<FileStatus> finished(Path folder) {
        return files.entries(folder).stream()
                .filter(entry -> entry.isFile()
                        && entry.getPath().getName().startsWith("part-")
                        && entry.getPath().getName().endsWith(".parquet"))
                .toList();
    }

    private static long bytes(List<FileStatus> parts) {
        return parts.stream().mapToLong(FileStatus::getLen).sum();
    }
}
