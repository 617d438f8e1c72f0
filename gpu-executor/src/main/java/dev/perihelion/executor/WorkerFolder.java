package dev.perihelion.executor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one worker process: all its temporary files, so that none is left when it is killed, and the file that
 * its stderr goes to, so that a compiler's flood of messages never blocks and its end can be shown when it dies.
 */
record WorkerFolder(Path path) {

    private static final Pattern CHILD = Pattern.compile("child-\\d{1,9}");
    private static final int TAIL_BYTES = 16 << 10;
    private static final int TAIL_LINES = 50;
    private static final int LINE_CHARACTERS = 300;

    static WorkerFolder create(String kind) throws IOException {
        return new WorkerFolder(Files.createTempDirectory(SessionFolder.get(), "perihelion-" + kind + "-"));
    }

    /** Processes that lead groups of their own on the worker's behalf: a compile server names a folder after each. */
    List<Long> children() {
        String[] names =
                path.toFile().list((folder, name) -> CHILD.matcher(name).matches());
        return names == null
                ? List.of()
                : Stream.of(names)
                        .map(name -> Long.valueOf(name.substring(name.indexOf('-') + 1)))
                        .toList();
    }

    Path log() {
        return path.resolve("stderr.log");
    }

    /** The last lines, oldest first; empty where there is nothing to read. */
    List<String> tail() {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            file.seek(Math.max(0, file.length() - TAIL_BYTES));
            byte[] bytes = new byte[TAIL_BYTES];
            int count = Math.max(0, file.read(bytes));
            List<String> lines = new String(bytes, 0, count, StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The line that says most: the last with an error in it, else the last. */
    String lastLine() {
        List<String> lines = tail();
        String found = "";
        for (String line : lines) {
            if (line.contains("Error") || line.contains("error:") || line.contains("ERROR")) {
                found = line;
            }
        }
        String line = found.isEmpty() && !lines.isEmpty() ? lines.get(lines.size() - 1) : found;
        return line.length() <= LINE_CHARACTERS ? line : line.substring(0, LINE_CHARACTERS);
    }

    /** Removes the folder; what cannot be removed stays. */
    void delete() {
        SessionFolder.deleteTree(path);
    }
}
