package dev.perihelion.executor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one folder of this virtual machine that the folders of its workers are in. It goes with the virtual machine; where that is
 * killed, the next one removes it, and knows by its lock that nobody uses it any more.
 */
final class SessionFolder {

    private static final Logger LOG = LoggerFactory.getLogger(SessionFolder.class);
    private static final String PREFIX = "perihelion-workers-";
    private static final String LOCK = "lock";

    private static Path current;
    // Open as long as this process lives: closing it would give the lock away.
    @SuppressWarnings({"unused", "FieldCanBeLocal"})
    private static FileChannel held;

    private SessionFolder() {}

    /** The folder; made, and those of killed processes removed, when it is first needed. */
    static synchronized Path get() throws IOException {
        if (current == null || !Files.isDirectory(current)) {
            Path parent = Path.of(System.getProperty("java.io.tmpdir"));
            Path fresh = Files.createTempDirectory(parent, PREFIX);
            // Whoever finds a lock by its name finds it held.
            Path early = fresh.resolve(LOCK + ".new");
            held = FileLocks.exclusive(early)
                    .orElseThrow(() -> new IOException("The new file `" + early + "` cannot be locked."));
            Files.move(early, fresh.resolve(LOCK));
            current = fresh;
            Thread sweeper = new Thread(() -> sweep(parent, fresh), "perihelion-sweep-folders");
            sweeper.setDaemon(true);
            sweeper.start();
        }
        return current;
    }

    /** Removes it, at the end of this process. */
    static synchronized void delete() {
        if (current != null) {
            deleteTree(current);
        }
    }

    /** Removes what killed processes have left. Never looks at the own folder: closing its lock file would give the lock away. */
    private static void sweep(Path parent, Path own) {
        try (Stream<Path> folders = Files.list(parent)) {
            folders.filter(folder -> folder.getFileName().toString().startsWith(PREFIX) && !folder.equals(own))
                    .forEach(SessionFolder::removeIfLeft);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("What killed processes left in `{}` stays.", parent, e);
        }
    }

    private static void removeIfLeft(Path folder) {
        Path lock = folder.resolve(LOCK);
        if (!Files.isWritable(lock)) {
            return;
        }
        try (FileChannel found = FileLocks.exclusive(lock).orElse(null)) {
            if (found != null) {
                LOG.info("Removing `{}`, which a killed process has left.", folder);
                deleteTree(folder);
            }
        } catch (IOException e) {
            LOG.debug("The folder `{}` stays.", folder, e);
        }
    }

    /** Removes a folder with all in it; what cannot be removed stays. */
    static void deleteTree(Path root) {
        try (Stream<Path> paths = Files.walk(root)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(each -> each.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("The folder `{}` is left.", root, e);
        }
    }
}
