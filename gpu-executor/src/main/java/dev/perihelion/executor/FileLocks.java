package dev.perihelion.executor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Files that say by a lock whether a process uses something: the system gives it back however the process ends. */
final class FileLocks {

    private FileLocks() {}

    /** A channel that holds a file's lock alone until it is closed; empty where another has it. Makes the file. */
    static Optional<FileChannel> exclusive(Path file) throws IOException {
        return lock(file, false);
    }

    /** A channel that holds a lock beside others of its kind. */
    static Optional<FileChannel> shared(Path file) throws IOException {
        return lock(file, true);
    }

    private static Optional<FileChannel> lock(Path file, boolean shared) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            locked = lock != null;
        } catch (OverlappingFileLockException e) {
            // This very process has it.
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? Optional.of(channel) : Optional.empty();
    }
}
