package dev.perihelion.cli.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Gathers what Java itself can say of a machine. Members: {@code java}, {@code system}, {@code disks}, {@code environment}. What
 * cannot be read is left out.
 */
final class MachineFacts {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> VARIABLES = List.of(
            "CUDA_VISIBLE_DEVICES",
            "NVIDIA_DRIVER_CAPABILITIES",
            "PERIHELION_PYTHON",
            "SPARK_LOCAL_DIRS",
            "SPARK_MASTER",
            "TRITON_INTERPRET",
            "TRITON_PTXAS_PATH");
    private static final double KIBI = 1024;

    private final Path root;

    /** @param root {@code /}; another folder in tests */
    MachineFacts(Path root) {
        this.root = root;
    }

    ObjectNode gather(String store, Map<String, String> variables) {
        ObjectNode facts = JSON.createObjectNode();
        facts.set("java", java(variables));
        facts.set("system", system(variables));
        ArrayNode disks = facts.putArray("disks");
        if (!store.contains("://")) {
            disk(disks, "store", store);
        }
        disk(disks, "temporary", System.getProperty("java.io.tmpdir"));
        disk(disks, "shared memory", root.resolve("dev/shm").toString());
        ObjectNode environment = facts.putObject("environment");
        VARIABLES.stream().filter(variables::containsKey).forEach(name -> environment.put(name, variables.get(name)));
        ObjectNode spark = facts.putObject("spark");
        new TreeMap<>(System.getProperties()).forEach((name, value) -> {
            if (name.toString().startsWith("spark.")) {
                spark.put(name.toString(), value.toString());
            }
        });
        return facts;
    }

    private static ObjectNode java(Map<String, String> variables) {
        ObjectNode java = JSON.createObjectNode();
        Path home = Path.of(System.getProperty("java.home"));
        java.put("version", Runtime.version().toString());
        java.put("feature", Runtime.version().feature());
        java.put("home", home.toString());
        java.put("has_compiler", Files.isExecutable(home.resolve("bin/javac")));
        java.put("from_sources", !variables.containsKey("PERIHELION_HOME"));
        java.put("heap_bytes", Runtime.getRuntime().maxMemory());
        return java;
    }

    private ObjectNode system(Map<String, String> variables) {
        ObjectNode system = JSON.createObjectNode();
        system.put("cores", Runtime.getRuntime().availableProcessors());
        cpuLimit().ifPresent(limit -> system.put("cpu_limit", limit));
        meminfo("MemTotal").ifPresent(bytes -> system.put("memory_bytes", bytes));
        meminfo("MemAvailable").ifPresent(bytes -> system.put("memory_available_bytes", bytes));
        memoryLimit().ifPresent(bytes -> system.put("memory_limit_bytes", bytes));
        limit("Max open files").ifPresent(count -> system.put("open_files", count));
        limit("Max processes").ifPresent(count -> system.put("processes", count));
        number(line("sys/fs/cgroup/pids.max")).ifPresent(count -> system.put("processes_of_group", count));
        container(variables).ifPresent(kind -> system.put("container", kind));
        system.put("nvidia_files", Files.exists(root.resolve("dev/nvidiactl")));
        return system;
    }

    private Optional<String> container(Map<String, String> variables) {
        if (variables.containsKey("KUBERNETES_SERVICE_HOST")) {
            return Optional.of("Kubernetes");
        }
        if (Files.exists(root.resolve(".dockerenv"))) {
            return Optional.of("Docker");
        }
        return Files.exists(root.resolve("run/.containerenv")) ? Optional.of("Podman") : Optional.empty();
    }

    /** In cores; from control groups, version 2 or 1. */
    private OptionalDouble cpuLimit() {
        String[] parts = line("sys/fs/cgroup/cpu.max").orElse("").split(" ", 2);
        OptionalDouble quota = number(Optional.of(parts[0]));
        OptionalDouble period = number(Optional.of(parts[parts.length - 1]));
        if (parts.length < 2) {
            quota = number(line("sys/fs/cgroup/cpu/cpu.cfs_quota_us"));
            period = number(line("sys/fs/cgroup/cpu/cpu.cfs_period_us"));
        }
        return quota.isPresent() && period.isPresent() && quota.getAsDouble() > 0 && period.getAsDouble() > 0
                ? OptionalDouble.of(quota.getAsDouble() / period.getAsDouble())
                : OptionalDouble.empty();
    }

    private OptionalDouble memoryLimit() {
        OptionalDouble limit = number(line("sys/fs/cgroup/memory.max"));
        if (limit.isEmpty()) {
            limit = number(line("sys/fs/cgroup/memory/memory.limit_in_bytes"));
        }
        // "No limit" is a very large number in version 1.
        return limit.isPresent() && limit.getAsDouble() < Long.MAX_VALUE / 2.0 ? limit : OptionalDouble.empty();
    }

    private OptionalDouble meminfo(String name) {
        return lines("proc/meminfo").stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .filter(digits -> !digits.isEmpty())
                .mapToDouble(digits -> Double.parseDouble(digits) * KIBI)
                .findFirst();
    }

    /** A soft limit of this process; empty where there is none. */
    private OptionalDouble limit(String name) {
        return number(lines("proc/self/limits").stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split("\\s+", 2)[0])
                .findFirst());
    }

    private static OptionalDouble number(Optional<String> text) {
        return text.filter(digits -> digits.matches("\\d+"))
                .map(digits -> OptionalDouble.of(Double.parseDouble(digits)))
                .orElse(OptionalDouble.empty());
    }

    private Optional<String> line(String file) {
        return lines(file).stream().findFirst().map(String::strip);
    }

    private List<String> lines(String file) {
        try (Stream<String> lines = Files.lines(root.resolve(file))) {
            return lines.toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    private static void disk(ArrayNode disks, String purpose, String folder) {
        ObjectNode disk = disks.addObject();
        disk.put("purpose", purpose);
        disk.put("path", folder);
        try {
            Path path = Path.of(folder).toAbsolutePath();
            while (path != null && !Files.exists(path)) {
                path = path.getParent();
            }
            if (path != null) {
                FileStore place = Files.getFileStore(path);
                disk.put("free_bytes", place.getUsableSpace());
                disk.put("writable", Files.isDirectory(path) && Files.isWritable(path));
            }
        } catch (IOException | InvalidPathException e) {
            disk.put("error", e.toString());
        }
    }
}
