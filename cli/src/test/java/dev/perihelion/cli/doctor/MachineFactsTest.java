package dev.perihelion.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.executor.PythonRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MachineFactsTest {

    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private Facts gather(Map<String, String> variables) {
        return new Facts(new MachineFacts(root).gather(root.resolve("store").toString(), variables));
    }

    @Test
    void limitsOfControlGroupsAreRead() throws IOException {
        write("sys/fs/cgroup/cpu.max", "250000 100000\n");
        write("sys/fs/cgroup/memory.max", "8589934592\n");
        write("sys/fs/cgroup/pids.max", "512\n");
        Facts facts = gather(Map.of());
        assertThat(facts.number("/system/cpu_limit")).hasValue(2.5);
        assertThat(facts.number("/system/memory_limit_bytes")).hasValue(8L << 30);
        assertThat(facts.number("/system/processes_of_group")).hasValue(512);
    }

    @Test
    void theOlderControlGroupsAreReadToo() throws IOException {
        write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n");
        write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Facts facts = gather(Map.of());
        assertThat(facts.number("/system/cpu_limit")).hasValue(4);
        assertThat(facts.number("/system/memory_limit_bytes")).isEmpty();
    }

    @Test
    void noLimitIsNoNumber() throws IOException {
        write("sys/fs/cgroup/cpu.max", "max 100000\n");
        write("sys/fs/cgroup/memory.max", "max\n");
        write("proc/self/limits", "Max open files            1024                 524288               files\n");
        write("proc/meminfo", "MemTotal:       16384 kB\nMemAvailable:    8192 kB\n");
        Facts facts = gather(Map.of());
        assertThat(facts.number("/system/cpu_limit")).isEmpty();
        assertThat(facts.number("/system/memory_limit_bytes")).isEmpty();
        assertThat(facts.number("/system/open_files")).hasValue(1024);
        assertThat(facts.number("/system/processes")).isEmpty();
        assertThat(facts.number("/system/memory_bytes")).hasValue(16 << 20);
    }

    @Test
    void containersShow() throws IOException {
        assertThat(gather(Map.of()).text("/system/container")).isEmpty();
        write(".dockerenv", "");
        assertThat(gather(Map.of()).text("/system/container")).hasValue("Docker");
        assertThat(gather(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1")).text("/system/container"))
                .hasValue("Kubernetes");
    }

    @Test
    void aFolderThatDoesNotExistYetLiesOnTheDiskOfItsParent() {
        Facts store = gather(Map.of()).list("/disks").get(0);
        assertThat(store.text("/purpose")).hasValue("store");
        assertThat(store.number("/free_bytes").orElse(0)).isPositive();
        assertThat(store.is("/writable")).isTrue();
        assertThat(new Facts(new MachineFacts(root).gather("s3a://bucket/store", Map.of())).list("/disks"))
                .noneMatch(disk -> disk.text("/purpose").orElse("").equals("store"));
    }

    @Test
    void pythonsAnswerIsItsLastLine() throws Exception {
        ObjectNode facts = ask("#!/bin/sh\necho noise\necho '{\"amd\": true}'\n");
        assertThat(facts.get("amd").asBoolean()).isTrue();
        assertThat(facts.get("path").asText()).endsWith("python");
        assertThat(facts.has("error")).isFalse();
    }

    @Test
    void aPythonThatFailsIsQuoted() throws Exception {
        assertThat(ask("#!/bin/sh\necho 'No module named perihelion' >&2\nexit 1\n")
                        .get("error")
                        .asText())
                .isEqualTo("No module named perihelion");
        assertThat(ask("#!/bin/sh\nexit 3\n").get("error").asText()).isEqualTo("ended with status 3");
        assertThat(ask("#!/bin/sh\necho rubbish\n").get("error").asText()).contains("not JSON");
        assertThat(PythonFacts.gather(new PythonRuntime(root.resolve("none"), root), List.of())
                        .get("error")
                        .asText())
                .contains("No such file");
    }

    private ObjectNode ask(String script) throws Exception {
        Path python = Files.writeString(root.resolve("python"), script);
        assertThat(python.toFile().setExecutable(true)).isTrue();
        return PythonFacts.gather(new PythonRuntime(python, root), List.of("cuda:90"));
    }
}
