package dev.perihelion.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What travels to a cluster: the specification and the kernel files that it names.
 *
 * @param name of the sweep, as the user wrote it
 * @param specification the YAML text
 * @param files text by path; paths are relative to the specification's folder, with {@code /}
 */
public record SweepBundle(String name, String specification, SortedMap<String, String> files) {

    /** Kubernetes allows 1 MiB for a whole object; the rest is left for names and labels. */
    static final int LARGEST_BYTES = (1 << 20) - (16 << 10);

    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9._@+-]+(/[A-Za-z0-9._@+-]+)*");

    public SweepBundle {
        if (name.isBlank()) {
            throw new SettingsException("The sweep's name is empty; write `name: ...` in its specification.");
        }
        files = new TreeMap<>(files);
        long bytes = utf8Length(specification);
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (!PATH.matcher(file.getKey()).matches()
                    || List.of(file.getKey().split("/")).contains("..")) {
                throw new SettingsException("The kernel file `" + file.getKey()
                        + "` cannot travel to a cluster; its path must lie below the specification's folder.");
            }
            bytes += utf8Length(file.getValue());
        }
        if (bytes > LARGEST_BYTES) {
            throw new SettingsException("The specification and its kernel files have " + bytes
                    + " bytes together, and a ConfigMap holds at most " + LARGEST_BYTES
                    + "; split the sweep, or put the kernels into the image.");
        }
    }

    /**
     * Reads a specification and the files that its kernels name. A sweep without a name has its file's.
     *
     * @throws SettingsException where the specification names no kernels, or a file that does not exist
     */
    public static SweepBundle read(Path specification) {
        String text = readFile(specification, "The sweep specification");
        JsonNode tree = SettingsReader.tree(text);
        JsonNode kernels = tree.path("kernels");
        if (!kernels.isArray() || kernels.isEmpty()) {
            throw new SettingsException("The sweep specification `" + specification + "` has no `kernels`.");
        }
        Path folder = specification.toAbsolutePath().getParent();
        TreeMap<String, String> files = new TreeMap<>();
        for (JsonNode entry : kernels) {
            String file = entry.path("kernel").asText().replaceFirst("::.*$", "");
            files.computeIfAbsent(file, path -> readFile(folder.resolve(path), "The kernel file"));
        }
        String fileName = specification.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        return new SweepBundle(tree.path("name").asText(fileName), text, files);
    }

    private static String readFile(Path file, String what) {
        if (!Files.isRegularFile(file)) {
            throw new SettingsException(what + " `" + file + "` does not exist.");
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(what + " `" + file + "` cannot be read.", e);
        }
    }

    private static long utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
