package dev.perihelion.sweep.export;

import dev.perihelion.sweep.results.SweepResults;
import java.nio.file.Path;
import java.util.List;

/** Writes a sweep's best configurations in one format. An exporter is a class and a line in {@link Exporters}. */
public interface Exporter {

    /** What {@code --format} calls it. */
    String name();

    /** One sentence on what it writes and who reads that. */
    String description();

    /**
     * Writes.
     *
     * @param results of the sweep
     * @param compiler makes modules from stored tasks
     * @param output a folder or file that the format decides on
     * @return the files that were written
     * @throws ExportException if there is nothing to export, or the output cannot be written
     */
    List<Path> export(SweepResults results, ModuleSource compiler, Path output);
}
