package dev.perihelion.sweep.store;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** This machine's files under another scheme, with faults where a test wants them. */
public final class FlakyFileSystem extends RawLocalFileSystem {

    /** Decides before an operation whether it fails, and after it whether its answer is lost. */
    public interface Fault {

        /** An operation is about to be made. */
        void before(String operation, Path path) throws IOException;

        /** It was made. */
        default void after(String operation, Path path) throws IOException {}
    }

    private static final Map<String, Fault> FAULTS = new ConcurrentHashMap<>();

    /** The store of a folder, under the scheme that fails. */
    public static TrialStore store(java.nio.file.Path folder) {
        return new TrialStore("flaky://" + folder.toAbsolutePath());
    }

    /** Lets operations below the folder fail, until the next call. */
    public static void let(java.nio.file.Path folder, Fault fault) {
        FAULTS.put(folder.toAbsolutePath().toString(), fault);
    }

    /** Nothing fails there any more. */
    public static void mend(java.nio.file.Path folder) {
        FAULTS.remove(folder.toAbsolutePath().toString());
    }

    @Override
    public URI getUri() {
        return URI.create("flaky:///");
    }

    @Override
    public String getScheme() {
        return "flaky";
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        before("open", path);
        return super.open(path, bufferSize);
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        before("create", path);
        FSDataOutputStream stream = super.create(path, overwrite, bufferSize, replication, blockSize, progress);
        try {
            after("create", path);
        } catch (IOException e) {
            stream.close();
            throw e;
        }
        return stream;
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        before("rename", to);
        boolean renamed = super.rename(from, to);
        after("rename", to);
        return renamed;
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        before("delete", path);
        boolean deleted = super.delete(path, recursive);
        after("delete", path);
        return deleted;
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
        before("mkdirs", path);
        return super.mkdirs(path);
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        before("list", path);
        return super.listStatus(path);
    }

    private static void before(String operation, Path path) throws IOException {
        for (Map.Entry<String, Fault> fault : FAULTS.entrySet()) {
            if (path.toUri().getPath().startsWith(fault.getKey())) {
                fault.getValue().before(operation, path);
            }
        }
    }

    private static void after(String operation, Path path) throws IOException {
        for (Map.Entry<String, Fault> fault : FAULTS.entrySet()) {
            if (path.toUri().getPath().startsWith(fault.getKey())) {
                fault.getValue().after(operation, path);
            }
        }
    }
}
