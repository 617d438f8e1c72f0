package dev.perihelion.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The {@code perihelion} command in Java processes of its own, as a user runs it, with real workers and no GPU. */
@Timeout(300)
class CommandLineTest {

    private static final Path ROOT = Path.of(System.getenv("PERIHELION_ROOT"));
    private static final String PYTHON = System.getenv("PERIHELION_PYTHON");
    private static final String SOFTMAX = ROOT.resolve("examples/softmax.py") + "::softmax";
    private static final List<String> TUNE = List.of(
            "tune", SOFTMAX, "--arg", "x=f16[64,100]", "--target", "cuda:90", "--strategy", "random", "--budget", "4");

    @TempDir
    private Path folder;

    @Test
    void whatTuneFindsIsListedExportedAndRight() throws Exception {
        Run tune = perihelion("first", TUNE);
        assertThat(tune.status).as(tune.errors).isZero();
        estimatesAreMarked(tune.output);
        assertThat(Unmarked.in(tune.errors)).isEmpty();

        JsonNode task = results("first");
        assertThat(names(task))
                .contains(
                        "task",
                        "kernel",
                        "target",
                        "device",
                        "measured",
                        "trials",
                        "outcomes",
                        "default_latency_ns",
                        "best");
        assertThat(task.get("kernel").asText()).isEqualTo("softmax");
        assertThat(task.get("target").asText()).isEqualTo("cuda:90");
        assertThat(task.get("measured").asBoolean()).isFalse();
        assertThat(task.get("trials").asInt()).isEqualTo(4);
        assertThat(names(task.get("best"))).contains("latency_ns", "config", "trial");
        assertThat(task.at("/best/latency_ns").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(task.get("default_latency_ns").asDouble());

        Run export = perihelion(
                "first",
                List.of(
                        "export",
                        "latest",
                        "--format",
                        "bundle",
                        "--output",
                        folder.resolve("bundle").toString()));
        assertThat(export.status).as(export.errors).isZero();
        JsonNode manifest = new ObjectMapper()
                .readTree(folder.resolve("bundle/manifest.json").toFile());
        assertThat(Unmarked.in(manifest)).isEmpty();
        assertThat(manifest.at("/entries/0/measured").isBoolean()).isTrue();
        Run results = perihelion("first", List.of("results"));
        assertThat(results.status).as(results.errors).isZero();
        estimatesAreMarked(results.output);
        storedEstimatesAreMarked("first");
        Run python = run(
                List.of(PYTHON, "-c", """
                        import sys, torch, perihelion
                        x = torch.randn(64, 100).half()
                        y = perihelion.load(sys.argv[1]).softmax(x)
                        torch.testing.assert_close(y, torch.softmax(x, 1), rtol=1e-2, atol=1e-3)
                        print('right', y.shape)""", folder.resolve("bundle").toString()),
                Map.of(
                        "TRITON_INTERPRET",
                        "1",
                        "PYTHONPATH",
                        ROOT.resolve("gpu-executor/src/main/python").toString()));
        assertThat(python.status).as(python.errors).isZero();
        assertThat(python.output).contains("right torch.Size([64, 100])");
    }

    @Test
    void theSameSeedSuggestsTheSameConfigurations() throws Exception {
        List<String> command = new ArrayList<>(TUNE);
        command.addAll(List.of("--seed", "7"));
        assertThat(perihelion("one", command).status).isZero();
        assertThat(perihelion("two", command).status).isZero();
        // Which trials end first depends on the machine: where one compiles slowly another stands in for it. A number's
        // configuration does not.
        Map<String, String> one = configurations("one");
        Map<String, String> two = configurations("two");
        assertThat(one).hasSize(4);
        assertThat(two).hasSize(4);
        one.keySet().retainAll(two.keySet());
        two.keySet().retainAll(one.keySet());
        assertThat(one).isNotEmpty().isEqualTo(two);
    }

    @Test
    void aMistakeOfTheUserIsToldAndNothingIsWritten() throws Exception {
        Path kernel = folder.resolve("wrong.py");
        Files.writeString(
                kernel, Files.readString(ROOT.resolve("examples/softmax.py")).replace("torch.exp(", "torch.exq("));
        List<String> command = new ArrayList<>(TUNE);
        command.set(1, kernel + "::softmax");
        Run run = perihelion("none", command);
        assertThat(run.status).isEqualTo(2);
        assertThat(run.output).isEmpty();
        assertThat(run.errors).contains("`torch.exq` is not available in device code.", "^^^^^^^^^", "wrong.py:");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void theCompilersSuggestionsCanBeCompiled() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "compile", ROOT.resolve("examples/softmax.py") + "::softmax", "--arg", "x=f16[64,128]", "--config"));
        command.add("suggested:0");
        assertThat(perihelion("none", command).output).contains("def softmax(x");
        command.set(command.size() - 1, "suggested:999");
        Run run = perihelion("none", command);
        assertThat(run.status).isEqualTo(2);
        assertThat(run.errors).contains("an index from 0, not `suggested:999`: the compiler suggests");
    }

    @Test
    void aConfigurationCanStandInAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("chosen.json"), "{\"num_warps\": 8}");
        List<String> command = List.of(
                "compile",
                ROOT.resolve("examples/softmax.py") + "::softmax",
                "--arg",
                "x=f16[64,128]",
                "--config",
                "@" + file);
        assertThat(perihelion("none", command).output).contains("num_warps=8");
    }

    @Test
    void anInterruptLeavesAStoreThatCanBeRead() throws Exception {
        List<String> command = new ArrayList<>(TUNE);
        command.set(command.size() - 1, "400");
        Process process = start("cut", command);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            // The first ones may all have failed, and then there are no results to show.
            while (System.nanoTime() < end && !hasValidTrial("cut")) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
            assertThat(hasValidTrial("cut")).isTrue();
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        int trials = results("cut").get("trials").asInt();
        assertThat(trials).isBetween(1, 399);
    }

    @Test
    void whatIsNotMarkedIsFound() throws Exception {
        assertThat(Unmarked.in("fastest 12.35 us, then ~13.00 us; 4 configurations in 3.1 s, trial 7"))
                .containsExactly("12.35 us");
        String document = """
                {"tasks": [{"measured": false, "best": {"latency_ns": 1.0}}, {"best": {"latency_ns": 2.0}},
                           {"measured": true, "default_latency_ns": 3.0}, {"estimated_latency_ns": 4.0, "latency_ns": null}]}""";
        assertThat(Unmarked.in(new ObjectMapper().readTree(document)))
                .containsExactly("/tasks/*/best/latency_ns", "/tasks/*/default_latency_ns");
    }

    private static void estimatesAreMarked(String output) {
        assertThat(output).contains("ESTIMATES", "~");
        assertThat(Unmarked.in(output)).isEmpty();
    }

    /** Every stored latency is told to be an estimate by its trial's outcome; duplicates have that of another, and no device. */
    private void storedEstimatesAreMarked(String store) throws Exception {
        Run run = run(List.of(PYTHON, "-c", """
                        import sys, pyarrow.parquet as pq
                        rows = [row for name in sys.argv[1].splitlines() for row in pq.ParquetFile(name).read().to_pylist()]
                        timed = [row for row in rows if row['latency_ns'] is not None]
                        bad = [row for row in timed if row['outcome'] not in ('estimated', 'duplicate') or row['device'] or row['samples_ns']]
                        print(len(timed), len(bad))""", String.join("\n", trialFiles(store))), Map.of());
        assertThat(run.status).as(run.errors).isZero();
        assertThat(run.output.strip()).matches("[1-4] 0");
    }

    private JsonNode results(String store) throws Exception {
        Run run = perihelion(store, List.of("results", "latest", "--json"));
        assertThat(run.status).as(run.errors).isZero();
        JsonNode document = new ObjectMapper().readTree(run.output);
        assertThat(document.get("sweep").asText()).isNotEmpty();
        assertThat(Unmarked.in(document)).isEmpty();
        assertThat(document.get("tasks")).hasSize(1);
        return document.get("tasks").get(0);
    }

    /** The configurations of all trials, read by Python as an outsider would. */
    private Map<String, String> configurations(String store) throws Exception {
        Run run = run(List.of(PYTHON, "-c", """
                        import sys, pyarrow.parquet as pq
                        for name in sys.argv[1].splitlines():
                            for row in pq.ParquetFile(name).read(columns=['number', 'config']).to_pylist():
                                print(row['number'], row['config'])""", String.join("\n", trialFiles(store))), Map.of());
        assertThat(run.status).as(run.errors).isZero();
        Map<String, String> configurations = new TreeMap<>();
        run.output
                .lines()
                .forEach(line -> configurations.put(
                        line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1)));
        return configurations;
    }

    private boolean hasValidTrial(String store) throws Exception {
        if (trialFiles(store).isEmpty()) {
            return false;
        }
        Run run = run(List.of(PYTHON, "-c", """
                        import sys, pyarrow.parquet as pq
                        rows = [row for name in sys.argv[1].splitlines() for row in pq.ParquetFile(name).read().to_pylist()]
                        print(any(row['outcome'] == 'estimated' for row in rows))""", String.join("\n", trialFiles(store))), Map.of());
        return run.output.trim().equals("True");
    }

    private List<String> trialFiles(String store) throws IOException {
        Path trials = folder.resolve(store).resolve("trials");
        if (!Files.isDirectory(trials)) {
            return List.of();
        }
        try (java.util.stream.Stream<Path> files = Files.walk(trials)) {
            return files.map(Path::toString)
                    .filter(name -> name.endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** How a process ended. */
    private record Run(int status, String output, String errors) {}

    private Run perihelion(String store, List<String> words) throws Exception {
        return finish(start(store, words));
    }

    private Process start(String store, List<String> words) throws IOException {
        // Whoever started the tests in the background had their children ignore interrupts; these are to hear them.
        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", """
                        import os, signal, sys
                        signal.signal(signal.SIGINT, signal.SIG_DFL)
                        os.execv(sys.argv[1], sys.argv[1:])"""));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + ROOT.resolve("cli/src/main/scripts/jvm-options"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.perihelion.cli.Main"));
        command.addAll(words);
        if (!words.get(0).equals("compile")) {
            command.addAll(List.of("--store", folder.resolve(store).toString()));
        }
        return launch(command, Map.of());
    }

    private Run run(List<String> command, Map<String, String> environment) throws Exception {
        return finish(launch(command, environment));
    }

    private Process launch(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.environment().putAll(environment);
        builder.redirectError(folder.resolve("errors").toFile());
        return builder.start();
    }

    private Run finish(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output, Files.readString(folder.resolve("errors")));
    }
}
