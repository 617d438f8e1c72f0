package dev.perihelion.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The image's scripts, with small stand-ins for the programs that they call. */
@Timeout(60)
class ImageScriptsTest {

    private static final Path SCRIPTS = Path.of(System.getenv("PERIHELION_ROOT"), "k8s", "src", "main", "docker");

    @TempDir
    private Path folder;

    @BeforeEach
    void makeHome() throws IOException {
        Files.createDirectories(folder.resolve("jre/bin"));
    }

    @Test
    void discoveryListsTheGpusAsSparkReadsThem() throws Exception {
        program(folder.resolve("nvidia-smi"), "printf '0\\n1\\n7\\n'");

        assertThat(run("discover-gpus", Map.of())).isEqualTo("{\"name\":\"gpu\",\"addresses\":[\"0\",\"1\",\"7\"]}\n");
    }

    @Test
    void discoveryWithoutGpusGivesAnEmptyList() throws Exception {
        program(folder.resolve("nvidia-smi"), "true");

        assertThat(run("discover-gpus", Map.of())).isEqualTo("{\"name\":\"gpu\",\"addresses\":[]}\n");
    }

    @Test
    void anExecutorGetsItsOptionsInOrder() throws Exception {
        program(folder.resolve("jre/bin/java"), "printf '%s\\n' \"$@\"");

        String arguments = run(
                "entrypoint",
                Map.of(
                        "SPARK_JAVA_OPT_0", "-Da=one two",
                        "SPARK_JAVA_OPT_1", "-Db=2",
                        "SPARK_EXECUTOR_MEMORY", "512m",
                        "SPARK_DRIVER_URL", "spark://driver:7078",
                        "SPARK_EXECUTOR_ID", "3",
                        "SPARK_EXECUTOR_CORES", "4",
                        "SPARK_APPLICATION_ID", "app",
                        "SPARK_EXECUTOR_POD_IP", "10.0.0.1",
                        "SPARK_RESOURCE_PROFILE_ID", "0",
                        "SPARK_EXECUTOR_POD_NAME", "pod"),
                "executor");

        assertThat(arguments.lines())
                .containsSubsequence("-Da=one two", "-Db=2", "-Xmx512m", "--executor-id", "3", "--podName", "pod");
    }

    @Test
    void everythingElseIsACommand() throws Exception {
        program(folder.resolve("perihelion"), "printf '%s|' \"$@\"");

        assertThat(run("entrypoint", Map.of(), "sweep", "a b.yaml")).isEqualTo("sweep|a b.yaml|");
    }

    private void program(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private String run(String script, Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(SCRIPTS.resolve(script).toString());
        builder.command().addAll(java.util.List.of(arguments));
        builder.environment().putAll(environment);
        builder.environment().put("PERIHELION_HOME", folder.toString());
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
