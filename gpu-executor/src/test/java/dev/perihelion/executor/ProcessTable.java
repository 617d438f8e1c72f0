package dev.perihelion.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What Linux says of processes, for tests that look for what was left behind. */
final class ProcessTable {

    private ProcessTable() {}

    /** Processes of these groups that are still there, zombies left out, as text. */
    static List<String> members(Collection<Long> groups) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                if (!entry.getFileName().toString().matches("\\d+")) {
                    continue;
                }
                try {
                    String stat = Files.readString(entry.resolve("stat"));
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
                    if (!fields[0].equals("Z") && groups.contains(Long.valueOf(fields[2]))) {
                        found.add(stat);
                    }
                } catch (IOException e) {
                    // It ended meanwhile.
                }
            }
        }
        return found;
    }

    /** Waits until these groups have no members, at most 15 s; gives those that are left. */
    static List<String> leftOf(Collection<Long> groups) throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        List<String> left = members(groups);
        while (!left.isEmpty() && System.nanoTime() < giveUp) {
            TimeUnit.MILLISECONDS.sleep(50);
            left = members(groups);
        }
        return left;
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    static int openFiles(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            return (int) files.count();
        }
    }

    /** Memory in use, bytes, shared libraries included. */
    static long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }

    static int threads(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
            return (int) tasks.count();
        }
    }
}
