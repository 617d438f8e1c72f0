package dev.perihelion.sweep.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;

/**
 * Whole Parquet files on any Hadoop file system, without Spark. A file is written beside its place under a name that starts
 * with an underscore, which this and other readers of Parquet folders skip, and then renamed: a reader sees all of it or none.
 */
final class ParquetFiles {

    /** How names of unfinished files begin. */
    static final String TEMPORARY = "_tmp-";

    private static final int ATTEMPTS = 5;

    private final Configuration conf;

    ParquetFiles() {
        conf = new Configuration(false);
        conf.addResource("core-default.xml");
        conf.addResource("core-site.xml");
        // Without this every local file gets a hidden checksum file beside it; Parquet pages are what we check.
        conf.set("fs.file.impl", RawLocalFileSystem.class.getName());
        conf.setBoolean("fs.file.impl.disable.cache", true);
    }

    /** The settings that files are reached with. */
    Configuration conf() {
        return conf;
    }

    <R> void write(Table<R> table, Path file, List<R> rows) {
        write(table, file, rows, Map.of());
    }

    /** Writes rows, and texts by key into the file's footer. */
    <R> void write(Table<R> table, Path file, List<R> rows, Map<String, String> footer) {
        Path temporary = temporary(file);
        try {
            writeAs(table, temporary, rows, footer);
            rename(file.getFileSystem(conf), temporary, file);
        } catch (IOException e) {
            discard(temporary);
            throw new StoreException("Cannot write " + file + ": " + e.getMessage() + ".", e);
        }
    }

    /** A name that readers skip, beside the file; no other writer has it. */
    static Path temporary(Path file) {
        return new Path(file.getParent(), TEMPORARY + UUID.randomUUID() + "-" + file.getName());
    }

    /** Writes rows under the file's own name, so that a reader may see a part of it. */
    <R> void writeAs(Table<R> table, Path file, List<R> rows, Map<String, String> footer) throws IOException {
        MessageType schema = table.schema();
        file.getFileSystem(conf).mkdirs(file.getParent());
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(file)
                .withConf(conf)
                .withType(schema)
                .withExtraMetaData(footer)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withWriteMode(ParquetFileWriter.Mode.CREATE)
                .build()) {
            for (R row : rows) {
                writer.write(table.toGroup(schema, row));
            }
        }
    }

    /** Removes what could not be finished, if that is possible: a full disk must not be filled with attempts. */
    void discard(Path temporary) {
        try {
            temporary.getFileSystem(conf).delete(temporary, false);
        } catch (IOException e) {
            // It stays, under a name that readers skip; `store fsck` tells of it.
        }
    }

    private static void rename(FileSystem files, Path from, Path to) throws IOException {
        if (files.rename(from, to)) {
            return;
        }
        // Some file systems do not rename onto an existing file.
        if (!files.delete(to, false) || !files.rename(from, to)) {
            throw new IOException("`" + from + "` cannot be renamed");
        }
    }

    <R> List<R> read(Table<R> table, Path file) {
        List<R> rows = new ArrayList<>();
        visit(file, group -> rows.add(table.fromGroup(file.toString(), group)));
        return rows;
    }

    /**
     * All files of a folder by name. Where a compaction replaces files meanwhile, what is read is what was there before, or
     * after.
     */
    <R> Map<Path, List<R>> readAll(Table<R> table, Path folder) {
        for (int attempt = 1; ; attempt++) {
            Map<Path, List<R>> read = new LinkedHashMap<>();
            try {
                list(folder).forEach(file -> read.put(file, read(table, file)));
                return read;
            } catch (StoreException e) {
                if (attempt == ATTEMPTS || !(e.getCause() instanceof FileNotFoundException)) {
                    throw e;
                }
            }
        }
    }

    /** Reads a file row by row. */
    void visit(Path file, Consumer<Group> rows) {
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), file)
                .withConf(conf)
                .build()) {
            for (Group group = reader.read(); group != null; group = reader.read()) {
                rows.accept(group);
            }
        } catch (IOException e) {
            throw new StoreException("Cannot read " + file + ": " + e.getMessage() + ".", e);
        } catch (RuntimeException e) {
            // Parquet says "not a Parquet file" and the like by unchecked exceptions.
            throw e instanceof StoreException ours
                    ? ours
                    : new StoreException("Cannot read " + file + ": " + e.getMessage() + ".", e);
        }
    }

    /** The names of the file's columns. */
    Set<String> columns(Path file) {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
            Set<String> names = new LinkedHashSet<>();
            reader.getFileMetaData().getSchema().getFields().forEach(field -> names.add(field.getName()));
            return names;
        } catch (IOException | RuntimeException e) {
            throw new StoreException("Cannot read " + file + ": " + e.getMessage() + ".", e);
        }
    }

    /** The texts of the file's footer, by key; the writer's own are among them. */
    Map<String, String> footer(Path file) {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
            return Map.copyOf(reader.getFooter().getFileMetaData().getKeyValueMetaData());
        } catch (IOException | RuntimeException e) {
            // Parquet says "not a Parquet file" and the like by unchecked exceptions.
            throw new StoreException("Cannot read " + file + ": " + e.getMessage() + ".", e);
        }
    }

    /** The Parquet files of a folder by name, unfinished ones left out; empty where there is no folder. */
    List<Path> list(Path folder) {
        return children(folder).stream()
                .filter(status -> status.isFile() && status.getPath().getName().endsWith(".parquet"))
                .map(FileStatus::getPath)
                .toList();
    }

    /** The folders in a folder by name. */
    List<Path> folders(Path folder) {
        return children(folder).stream()
                .filter(FileStatus::isDirectory)
                .map(FileStatus::getPath)
                .toList();
    }

    boolean exists(Path path) {
        try {
            return path.getFileSystem(conf).exists(path);
        } catch (IOException e) {
            throw new StoreException("Cannot look for " + path + ": " + e.getMessage() + ".", e);
        }
    }

    private List<FileStatus> children(Path folder) {
        return entries(folder).stream()
                .filter(status -> !status.getPath().getName().startsWith("_")
                        && !status.getPath().getName().startsWith("."))
                .toList();
    }

    /** All that is in a folder by name, unfinished files too; nothing where there is no folder. */
    List<FileStatus> entries(Path folder) {
        try {
            return Arrays.stream(folder.getFileSystem(conf).listStatus(folder))
                    .sorted(Comparator.comparing(status -> status.getPath().getName()))
                    .toList();
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new StoreException("Cannot list " + folder + ": " + e.getMessage() + ".", e);
        }
    }
}
