package dev.perihelion.sweep.export;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.sweep.Hashes;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.store.TrialRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder with the best configuration of every task as a Triton module, and a {@code manifest.json} that says which kernel,
 * arguments and target each is for. Needs torch and Triton only.
 */
public final class BundleExporter implements Exporter {

    private static final String MANIFEST = "manifest.json";

    @Override
    public String name() {
        return "bundle";
    }

    @Override
    public String description() {
        return "A folder of standalone Triton modules with a manifest, one module per task.";
    }

    @Override
    public List<Path> export(SweepResults results, ModuleSource compiler, Path output) {
        requireReplaceable(output);
        Map<String, String> modules = new TreeMap<>();
        List<Map<String, Object>> entries = new ArrayList<>();
        for (TaskResult task : results.tasks()) {
            task.best().ifPresent(best -> {
                String path = "modules/" + task.id().replaceAll("\\W", "_") + ".py";
                modules.put(path, module(task, best, compiler));
                entries.add(entry(task, best, path));
            });
        }
        if (entries.isEmpty()) {
            throw new ExportException("The sweep " + results.sweep() + " has no valid configuration to export.");
        }
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schema_version", 1);
        manifest.put("perihelion_version", TileCompiler.VERSION);
        manifest.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        manifest.put("sweep", results.sweep());
        manifest.put("entries", entries);
        Map<String, String> hashes = new LinkedHashMap<>();
        modules.forEach((path, text) -> hashes.put(path, Hashes.sha256(text)));
        manifest.put("files", hashes);
        Map<String, String> files = new LinkedHashMap<>();
        files.put(MANIFEST, Json.writePretty(manifest));
        files.putAll(modules);
        return WholeFolder.write(output, files);
    }

    private static Map<String, Object> entry(TaskResult task, TaskSummary.Best best, String path) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("kernel", task.row().task().kernel());
        entry.put("module", path);
        entry.put("target", task.row().task().target());
        entry.put("device", task.device().orElse(null));
        entry.put("measured", task.measured());
        entry.put("latency_ns", task.measured() ? best.latencyNanos() : null);
        if (!task.measured()) {
            entry.put("estimated_latency_ns", best.latencyNanos());
        }
        entry.put("config", best.configuration().values());
        entry.put(
                "arguments", Json.read(task.row().argumentsJson(), new TypeReference<List<Map<String, Object>>>() {}));
        return entry;
    }

    /** The module again, from the stored source; it must be the program that the sweep saw. */
    private static String module(TaskResult task, TaskSummary.Best best, ModuleSource compiler) {
        AnalyzedKernel kernel = compiler.analyze(task.row().task());
        GeneratedModule module = kernel.generate(best.configuration());
        String stored = task.trials().stream()
                .filter(trial -> trial.id().equals(best.trial()))
                .map(TrialRow::textSha256)
                .findFirst()
                .orElseThrow();
        if (!module.sha256().equals(stored)) {
            throw new ExportException("The configuration " + best.trial()
                    + " now gives another program than the one that the sweep saw: the compiler has changed since. Run the "
                    + "sweep again, or export with the version that made it.");
        }
        return module.text();
    }

    private static void requireReplaceable(Path output) {
        if (!Files.exists(output)) {
            return;
        }
        boolean bundle = Files.isRegularFile(output.resolve(MANIFEST)) && Files.isDirectory(output.resolve("modules"));
        if (!bundle && !isEmptyFolder(output)) {
            throw new ExportException(
                    "`" + output + "` exists and is not a bundle. Name another `--output`, or remove it.");
        }
    }

    private static boolean isEmptyFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new ExportException("Cannot look into " + folder + ": " + e.getMessage() + ".", e);
        }
    }
}
