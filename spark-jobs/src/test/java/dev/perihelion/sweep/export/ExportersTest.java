package dev.perihelion.sweep.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.search.sim.RecordedRow;
import dev.perihelion.search.sim.RecordedTable;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Hashes;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.run.SweepRunner;
import dev.perihelion.sweep.spaces.RecordedSpaces;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ExportersTest {

    @TempDir
    Path folder;

    @Test
    void theResultsDocumentIsTheOneOfTheContract() throws Exception {
        SweepResults results = sweep(1, "cuda:90");
        Map<String, Object> document = Json.readObject(results.toJson());
        assertThat(document).containsOnlyKeys("sweep", "tasks").containsEntry("sweep", "20261123-233512-s");
        Map<?, ?> task = (Map<?, ?>) ((List<?>) document.get("tasks")).get(0);
        assertThat(task.get("kernel")).isEqualTo("softmax");
        assertThat(task.get("target")).isEqualTo("cuda:90");
        assertThat(task.get("device")).isEqualTo("Fake GPU");
        assertThat(task.get("measured")).isEqualTo(true);
        assertThat(task.get("trials")).isEqualTo(48);
        assertThat(((Map<?, ?>) task.get("outcomes"))
                        .values().stream().mapToInt(count -> (Integer) count).sum())
                .isEqualTo(48);
        assertThat((Double) task.get("default_latency_ns")).isPositive();
        Map<?, ?> best = (Map<?, ?>) task.get("best");
        assertThat(best.keySet().stream().map(Object::toString)).containsExactly("latency_ns", "config", "trial");
        assertThat(results.table(3))
                .hasSize(3)
                .isSortedAccordingTo((a, b) -> Double.compare(a.latencyNanos(), b.latencyNanos()));
    }

    @Test
    void aBundleHoldsTheModulesAndWhatTheyAreFor() throws Exception {
        SweepResults results = sweep(1, "cuda:90", "hip:gfx942");
        Path output = folder.resolve("bundle");
        Exporter exporter = Exporters.named("bundle");
        List<Path> files = exporter.export(results, task -> new FakeKernel(task, false), output);
        assertThat(files).hasSize(3).allMatch(Files::isRegularFile);
        Map<String, Object> manifest = Json.readObject(Files.readString(output.resolve("manifest.json")));
        assertThat(manifest)
                .containsEntry("schema_version", 1)
                .containsEntry("sweep", results.sweep())
                .containsKeys("perihelion_version", "created");
        List<?> entries = (List<?>) manifest.get("entries");
        Map<?, ?> measured = (Map<?, ?>) entries.get(0);
        Map<?, ?> estimated = (Map<?, ?>) entries.get(1);
        assertThat(measured.get("measured")).isEqualTo(true);
        assertThat((Double) measured.get("latency_ns")).isPositive();
        assertThat(estimated.get("measured")).isEqualTo(false);
        assertThat(estimated.get("latency_ns")).isNull();
        assertThat(estimated.get("device")).isNull();
        assertThat((Double) estimated.get("estimated_latency_ns")).isPositive();
        assertThat(((Map<?, ?>) ((List<?>) measured.get("arguments")).get(0)).get("shape"))
                .isEqualTo(List.of(4096, 2560));
        ((Map<?, ?>) manifest.get("files"))
                .forEach((path, sha) -> assertThat(read(output.resolve(path.toString())))
                        .satisfies(text -> assertThat(Hashes.sha256(text)).isEqualTo(sha)));

        // Again, over itself; and never over something else.
        exporter.export(results, task -> new FakeKernel(task, false), output);
        Path other = Files.createDirectories(folder.resolve("mine"));
        Files.writeString(other.resolve("notes.txt"), "keep");
        assertThatThrownBy(() -> exporter.export(results, task -> new FakeKernel(task, false), other))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("is not a bundle");
        assertThat(other.resolve("notes.txt")).hasContent("keep");
    }

    @Test
    void aChangedCompilerIsNoticed() throws Exception {
        SweepResults results = sweep(1, "cuda:90");
        ModuleSource changed = task -> changed(task);
        assertThatThrownBy(() -> Exporters.named("bundle").export(results, changed, folder.resolve("b")))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("now gives another program");
        assertThat(folder.resolve("b")).doesNotExist();
    }

    @Test
    void helionGetsTheConfigurationAndNothingElse() throws Exception {
        SweepResults one = sweep(1, "cuda:90");
        Path file = folder.resolve("out/best.json");
        assertThat(Exporters.named("helion").export(one, task -> changed(task), file))
                .containsExactly(file);
        Configuration best = one.tasks().get(0).best().orElseThrow().configuration();
        assertThat(Configuration.fromJson(Files.readString(file))).isEqualTo(best);

        SweepResults two = sweep(0, "cuda:90", "hip:gfx942");
        List<Path> files = Exporters.named("helion").export(two, task -> changed(task), folder.resolve("configs"));
        assertThat(files)
                .hasSize(2)
                .allMatch(path -> path.getFileName().toString().startsWith("softmax-softmax-4096x2560"));
        assertThatThrownBy(() -> Exporters.named("helion").export(two, task -> changed(task), file))
                .hasMessageContaining("has 2 tasks");
    }

    @Test
    void allTrialsBecomeARecordedSpaceInEveryFormat() throws Exception {
        SweepResults one = sweep(1, "cuda:90");
        // What our own machinery failed at says nothing of the space.
        List<TrialRow> trials = one.tasks().get(0).trials().stream()
                .filter(trial -> trial.result().outcome() != Outcome.INFRASTRUCTURE)
                .toList();
        Path parquet = folder.resolve("spaces/softmax-fake.parquet");
        assertThat(Exporters.named("space").export(one, task -> changed(task), parquet))
                .containsExactly(parquet);
        RecordedTable table = RecordedSpaces.readFile(parquet).orElseThrow();

        assertThat(table.name()).isEqualTo("softmax-fake");
        assertThat(table.kernel()).isEqualTo("softmax");
        assertThat(table.device()).isEqualTo("Fake GPU");
        assertThat(table.complete()).isTrue();
        assertThat(table.attributes()).containsKeys("arguments", "policy", "toolchain", "target");
        assertThat(table.size()).isEqualTo(trials.size());
        for (TrialRow trial : trials) {
            RecordedRow row = table.at(trial.configuration());
            assertThat(row.latencyNanos()).isEqualTo(trial.result().latencyNanos());
            if (trial.duplicateOf().isEmpty()) {
                assertThat(row.outcome()).isEqualTo(trial.result().outcome());
                assertThat(row.compileMillis()).isEqualTo(trial.compileMillis());
            }
        }
        assertThat(table.space().defaultConfiguration()).isEqualTo(trials.get(0).configuration());

        Path folderOfFiles = folder.resolve("others");
        for (String format : List.of("t4", "kernel-tuner")) {
            Path file = Exporters.named(format)
                    .export(one, task -> changed(task), folderOfFiles)
                    .get(0);
            RecordedTable other = RecordedSpaces.readFile(file).orElseThrow();
            assertThat(other.size()).isEqualTo(table.size());
            assertThat(other.bestNanos()).isCloseTo(table.bestNanos(), within(1.0));
        }
        assertThat(RecordedSpaces.read(List.of(folderOfFiles, parquet))).hasSize(3);
        assertThatThrownBy(() -> RecordedSpaces.read(List.of(folder.resolve("none"))))
                .hasMessageContaining("no file");
        assertThatThrownBy(() -> RecordedSpaces.read(List.of(Files.writeString(folder.resolve("a.txt"), "x"))))
                .hasMessageContaining("named as no recorded space");
    }

    @Test
    void anUnknownFormatIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Exporters.named("onnx")).hasMessageContaining("bundle, helion");
        assertThat(Exporters.all())
                .allSatisfy(exporter -> assertThat(exporter.description()).endsWith("."));
    }

    private static AnalyzedKernel changed(TuningTask task) {
        // The module at other shapes is another program.
        return new FakeKernel(task, true);
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private SweepResults sweep(int gpus, String... targets) throws InterruptedException {
        TrialStore store = new TrialStore(folder.resolve("store" + gpus).toString());
        List<TuningTask> tasks = List.of(targets).stream()
                .map(target -> TestTasks.task(target, "random", 48))
                .toList();
        Sweep sweep = new Sweep("20261123-233512-s", "s", "", tasks);
        new SweepRunner(TestSpark.context(), store, FakeToolchain.gpus("export" + gpus, gpus), new Recorder())
                .run(sweep);
        return SweepResults.read(store, "latest");
    }
}
