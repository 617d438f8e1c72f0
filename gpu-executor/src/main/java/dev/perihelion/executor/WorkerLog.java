package dev.perihelion.executor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file that a worker's stderr goes to, so that a compiler's flood of messages never blocks, and its end can be
 * shown when the worker dies.
 */
record WorkerLog(Path path) {

    private static final int TAIL_BYTES = 16 << 10;
    private static final int TAIL_LINES = 50;
    private static final int LINE_CHARACTERS = 300;

    static WorkerLog create(String kind) throws IOException {
        return new WorkerLog(Files.createTempFile("perihelion-" + kind + "-", ".log"));
    }

    /** The last lines, oldest first; empty where there is nothing to read. */
    List<String> tail() {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
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

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            path.toFile().deleteOnExit();
        }
    }
}
