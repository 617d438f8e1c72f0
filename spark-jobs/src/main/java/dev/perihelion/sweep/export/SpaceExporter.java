package dev.perihelion.sweep.export;

import dev.perihelion.search.sim.KernelTunerCache;
import dev.perihelion.search.sim.RecordedTable;
import dev.perihelion.search.sim.SpaceFormatException;
import dev.perihelion.search.sim.T4Format;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.spaces.StoredSpace;
import dev.perihelion.sweep.store.RecordedSpaceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * All trials of every task as a recorded space, for {@code perihelion study} and for other people's tools. Writes one file
 * {@code TASK.ENDING} for each task into a folder; with a single task, an output with that ending is the file itself.
 */
final class SpaceExporter implements Exporter {

    private final String name;
    private final String description;
    private final String ending;
    private final BiConsumer<RecordedTable, Path> writer;

    private SpaceExporter(String name, String description, String ending, BiConsumer<RecordedTable, Path> writer) {
        this.name = name;
        this.description = description;
        this.ending = ending;
        this.writer = writer;
    }

    /** As `perihelion study` reads it. */
    static SpaceExporter space() {
        return new SpaceExporter(
                "space",
                "One Parquet file per task with all its trials, which perihelion study reads.",
                ".parquet",
                RecordedSpaceFile::write);
    }

    /** As the benchmark hub for auto-tuning keeps results. */
    static SpaceExporter t4() {
        return new SpaceExporter(
                "t4",
                "One gzip JSON file per task with all its trials, in the T4 results format.",
                ".T4.json.gz",
                T4Format::write);
    }

    /** As Kernel Tuner replays it. */
    static SpaceExporter kernelTuner() {
        return new SpaceExporter(
                "kernel-tuner",
                "One JSON file per task with all its trials, as a Kernel Tuner cache.",
                ".json",
                KernelTunerCache::write);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public List<Path> export(SweepResults results, ModuleSource compiler, Path output) {
        boolean oneFile = output.getFileName().toString().endsWith(ending);
        if (oneFile && results.tasks().size() > 1) {
            throw new ExportException("The sweep " + results.sweep() + " has "
                    + results.tasks().size() + " tasks, which do not fit in one file. Name a folder as `--output`.");
        }
        List<Path> written = new ArrayList<>();
        for (TaskResult task : results.tasks()) {
            Path file = oneFile ? output : output.resolve(task.id() + ending);
            String tableName = file.getFileName().toString();
            write(task, tableName.substring(0, tableName.length() - ending.length()), file);
            written.add(file);
        }
        return written;
    }

    private void write(TaskResult task, String tableName, Path file) {
        try {
            Files.createDirectories(
                    Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file));
            writer.accept(StoredSpace.of(task, tableName), file);
        } catch (IOException | SpaceFormatException e) {
            throw new ExportException("Cannot write " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ExportException("The task " + task.id() + " is no recorded space: " + e.getMessage(), e);
        }
    }
}
