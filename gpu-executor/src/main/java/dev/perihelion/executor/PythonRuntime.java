package dev.perihelion.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Python that runs workers, and the folder with the worker package of this very version.
 *
 * @param python the interpreter; needs torch, triton and pyarrow
 * @param packageFolder what goes on its module path
 */
public record PythonRuntime(Path python, Path packageFolder) {

    /** System property and environment variable that name the interpreter. */
    public static final String PYTHON_VARIABLE = "PERIHELION_PYTHON";

    private static final String RESOURCES = "dev/perihelion/python";
    private static final Logger LOG = LoggerFactory.getLogger(PythonRuntime.class);
    private static final String MARKER = "used";
    private static final Duration KEPT = Duration.ofDays(7);
    // Open as long as this process lives: closing one would give its lock away.
    private static final Map<Path, FileChannel> HELD = new ConcurrentHashMap<>();

    /**
     * The runtime of this machine: the interpreter that {@value #PYTHON_VARIABLE} names (as a system property or in the
     * environment), else {@code .venv/bin/python} below {@code PERIHELION_ROOT}, else {@code python3}. The package is
     * unpacked from the class path, once for each content.
     *
     * @throws UncheckedIOException where it cannot be unpacked
     */
    public static PythonRuntime find() {
        return new PythonRuntime(findPython(), unpack(Path.of(System.getProperty("java.io.tmpdir"))));
    }

    private static Path findPython() {
        Optional<String> named = Optional.ofNullable(System.getProperty(PYTHON_VARIABLE))
                .or(() -> Optional.ofNullable(System.getenv(PYTHON_VARIABLE)))
                .filter(value -> !value.isBlank());
        if (named.isPresent()) {
            return Path.of(named.get());
        }
        return Optional.ofNullable(System.getenv("PERIHELION_ROOT"))
                .map(root -> Path.of(root, ".venv", "bin", "python"))
                .filter(Files::isExecutable)
                .orElse(Path.of("python3"));
    }

    /** Unpacks the package below a folder, into one named after its content; keeps what is there already. */
    static Path unpack(Path parent) {
        try {
            SortedMap<String, byte[]> files = resources();
            Path target = parent.resolve("perihelion-python-" + System.getProperty("user.name", "user") + "-"
                    + digest(files).substring(0, 16));
            if (Files.isDirectory(target)) {
                return used(target);
            }
            Files.createDirectories(parent);
            Path fresh = Files.createTempDirectory(parent, "perihelion-python-");
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = fresh.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
            try {
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                // Another process was faster; its files are the same.
                SessionFolder.deleteTree(fresh);
                if (!Files.isDirectory(target)) {
                    throw e;
                }
            }
            return used(target);
        } catch (IOException e) {
            throw new UncheckedIOException("The Python package cannot be unpacked below `" + parent + "`.", e);
        }
    }

    /**
     * Holds a package for this process, and removes those of other versions that no process holds and none has begun to use for
     * a week. (Versions before this rule hold nothing; a week is longer than they run.)
     */
    private static Path used(Path target) {
        if (HELD.containsKey(target)) {
            return target;
        }
        try {
            Path marker = target.resolve(MARKER);
            Optional<FileChannel> held = FileLocks.shared(marker);
            if (held.isPresent() && HELD.putIfAbsent(target, held.get()) == null) {
                Files.setLastModifiedTime(marker, FileTime.from(Instant.now()));
                removeOld(target);
            }
        } catch (IOException e) {
            LOG.debug("That `{}` is used cannot be noted.", target, e);
        }
        return target;
    }

    private static void removeOld(Path target) throws IOException {
        String name = target.getFileName().toString();
        String family = name.substring(0, name.lastIndexOf('-') + 1);
        Instant old = Instant.now().minus(KEPT);
        try (Stream<Path> folders = Files.list(target.getParent())) {
            for (Path folder : (Iterable<Path>) folders::iterator) {
                Path marker = folder.resolve(MARKER);
                boolean other = folder.getFileName().toString().startsWith(family)
                        && !HELD.containsKey(folder)
                        && Files.isWritable(folder);
                Path dated = Files.exists(marker) ? marker : folder;
                if (other && Files.getLastModifiedTime(dated).toInstant().isBefore(old)) {
                    try (FileChannel alone = FileLocks.exclusive(marker).orElse(null)) {
                        if (alone != null) {
                            SessionFolder.deleteTree(folder);
                        }
                    }
                }
            }
        }
    }

    private static SortedMap<String, byte[]> resources() throws IOException {
        URL marker = PythonRuntime.class.getClassLoader().getResource(RESOURCES + "/perihelion/__init__.py");
        if (marker == null) {
            throw new IOException("The class path has no `" + RESOURCES + "/perihelion/__init__.py`.");
        }
        try {
            URI uri = marker.toURI();
            if (uri.getScheme().equals("file")) {
                return readTree(Path.of(uri).getParent().getParent());
            }
            URI jar = URI.create(uri.toString().substring(0, uri.toString().lastIndexOf('!')));
            // An own file system: the shared one may be closed by whoever opened it.
            Path archive = Path.of(URI.create(jar.getSchemeSpecificPart()));
            try (FileSystem files = FileSystems.newFileSystem(archive)) {
                return readTree(files.getPath("/" + RESOURCES));
            }
        } catch (URISyntaxException e) {
            throw new IOException("The place of the Python package is not a URI: `" + marker + "`.", e);
        }
    }

    private static SortedMap<String, byte[]> readTree(Path root) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (path.toString().endsWith(".py")) {
                    try (InputStream in = Files.newInputStream(path)) {
                        files.put(root.relativize(path).toString().replace('\\', '/'), in.readAllBytes());
                    }
                }
            }
        }
        return files;
    }

    private static String digest(SortedMap<String, byte[]> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.forEach((name, content) -> {
                digest.update((name + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
