package dev.perihelion.sweep.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
        Path temporary = new Path(file.getParent(), "_tmp-" + UUID.randomUUID() + "-" + file.getName());
        MessageType schema = table.schema();
        try {
            FileSystem files = file.getFileSystem(conf);
            files.mkdirs(file.getParent());
            try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(temporary)
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
            rename(files, temporary, file);
        } catch (IOException e) {
            throw new StoreException("Cannot write " + file + ": " + e.getMessage() + ".", e);
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
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), file)
                .withConf(conf)
                .build()) {
            for (Group group = reader.read(); group != null; group = reader.read()) {
                rows.add(table.fromGroup(file.toString(), group));
            }
        } catch (IOException e) {
            throw new StoreException("Cannot read " + file + ": " + e.getMessage() + ".", e);
        } catch (RuntimeException e) {
            // Parquet says "not a Parquet file" and the like by unchecked exceptions.
            throw e instanceof StoreException ours
                    ? ours
                    : new StoreException("Cannot read " + file + ": " + e.getMessage() + ".", e);
        }
        return rows;
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
        try {
            return Arrays.stream(folder.getFileSystem(conf).listStatus(folder))
                    .filter(status -> !status.getPath().getName().startsWith("_")
                            && !status.getPath().getName().startsWith("."))
                    .sorted(Comparator.comparing(status -> status.getPath().getName()))
                    .toList();
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new StoreException("Cannot list " + folder + ": " + e.getMessage() + ".", e);
        }
    }
}
