package dev.perihelion.sweep.export;

import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.results.TaskResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The best configuration of every task as the JSON object that {@code helion.Config(**json)} takes, one file
 * {@code KERNEL-TASK.json} per task. With a single task and an output that ends in {@code .json}, just that file.
 */
public final class HelionExporter implements Exporter {

    @Override
    public String name() {
        return "helion";
    }

    @Override
    public String description() {
        return "One JSON file per task, whose object is the arguments of helion.Config.";
    }

    @Override
    public List<Path> export(SweepResults results, ModuleSource compiler, Path output) {
        Map<String, String> files = new LinkedHashMap<>();
        for (TaskResult task : results.tasks()) {
            String name = task.row().task().kernel() + "-" + task.id() + ".json";
            task.best().ifPresent(best -> files.put(name, text(best)));
        }
        if (files.isEmpty()) {
            throw new ExportException("The sweep " + results.sweep() + " has no valid configuration to export.");
        }
        boolean oneFile = output.toString().endsWith(".json");
        if (oneFile && files.size() > 1) {
            throw new ExportException("The sweep " + results.sweep() + " has " + files.size()
                    + " tasks, which do not fit in one file. Name a folder as `--output`.");
        }
        List<Path> written = new ArrayList<>();
        files.forEach(
                (name, text) -> written.add(WholeFolder.writeFile(oneFile ? output : output.resolve(name), text)));
        return written;
    }

    private static String text(TaskSummary.Best best) {
        return Json.writePretty(best.configuration().values());
    }
}
