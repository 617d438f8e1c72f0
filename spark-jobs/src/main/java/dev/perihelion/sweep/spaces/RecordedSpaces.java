package dev.perihelion.sweep.spaces;

import dev.perihelion.search.sim.KernelTunerCache;
import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.sim.RecordedTable;
import dev.perihelion.search.sim.SpaceFormatException;
import dev.perihelion.search.sim.SurrogateLandscape;
import dev.perihelion.search.sim.T4Format;
import dev.perihelion.sweep.store.RecordedSpaceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Recorded spaces from files, whatever their format. */
public final class RecordedSpaces {

    private RecordedSpaces() {}

    /**
     * Reads files and folders with all that is in them. An incomplete recording gets a surrogate for the rest.
     *
     * @return in the order of the paths, and of names in a folder
     * @throws SpaceFormatException if a path is not there, or a file that is named as a recorded space is none
     */
    public static List<Landscape> read(List<Path> paths) {
        List<Landscape> landscapes = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new SpaceFormatException("There is no file or folder " + path + ".");
            }
            for (Path file : filesIn(path)) {
                Optional<RecordedTable> table = readFile(file);
                if (table.isEmpty() && !Files.isDirectory(path)) {
                    throw new SpaceFormatException("The file " + file + " is named as no recorded space is: *.parquet,"
                            + " *.T4.json, *.T4.json.gz, or *.json, *.json.gz for a Kernel Tuner cache.");
                }
                table.map(RecordedSpaces::landscape).ifPresent(landscapes::add);
            }
        }
        return landscapes;
    }

    /** Reads one file; empty if its name is not one of a recorded space. */
    public static Optional<RecordedTable> readFile(Path file) {
        String name = file.getFileName().toString();
        if (RecordedSpaceFile.isNamedLikeOne(file)) {
            return Optional.of(RecordedSpaceFile.read(file));
        }
        if (T4Format.isNamedLikeOne(file)) {
            return Optional.of(T4Format.read(file));
        }
        if (name.endsWith(".json") || name.endsWith(".json.gz")) {
            return Optional.of(KernelTunerCache.read(file, name.replaceFirst("\\.json(\\.gz)?$", "")));
        }
        return Optional.empty();
    }

    private static Landscape landscape(RecordedTable table) {
        return table.complete() ? table : SurrogateLandscape.of(table);
    }

    private static List<Path> filesIn(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new SpaceFormatException("Cannot list " + path + ": " + e.getMessage(), e);
        }
    }
}
