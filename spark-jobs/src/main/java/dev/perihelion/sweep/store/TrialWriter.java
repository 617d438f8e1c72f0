package dev.perihelion.sweep.store;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** Appends the trials of one task. The only writer of its task; for one thread at a time. */
public final class TrialWriter {

    private final ParquetFiles files;
    private final Path folder;
    private final Set<String> known = new HashSet<>();
    private int lastPart;

    TrialWriter(ParquetFiles files, Path folder) {
        this.files = files;
        this.folder = folder;
        for (Map.Entry<Path, List<TrialRow>> part :
                files.readAll(Tables.TRIALS, folder).entrySet()) {
            part.getValue().forEach(row -> known.add(row.id()));
            lastPart = Math.max(lastPart, partNumber(part.getKey()));
        }
    }

    /**
     * Stores trials as one new file; when this returns they are on disk. Trials whose id the task already has are left out, so
     * that rows may be appended again after a failure.
     */
    public void append(List<TrialRow> rows) {
        Set<String> added = new HashSet<>();
        List<TrialRow> fresh = rows.stream()
                .filter(row -> !known.contains(row.id()) && added.add(row.id()))
                .toList();
        if (!fresh.isEmpty()) {
            String name = String.format(Locale.ROOT, "part-%06d.parquet", lastPart + 1);
            files.write(Tables.TRIALS, new Path(folder, name), fresh);
            lastPart++;
            known.addAll(added);
        }
    }

    private static int partNumber(Path part) {
        return Integer.parseInt(part.getName().replaceAll("\\D", ""));
    }
}
