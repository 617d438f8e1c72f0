package dev.perihelion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Feasibility;
import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.diagnostics.InternalFailure;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.sweep.run.PerihelionToolchain;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers a file of compile requests, one JSON object a line; a line that fails costs only itself. */
final class BatchCompiler {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Target target;
    private final PerihelionToolchain toolchain = new PerihelionToolchain();
    private final Path folder;
    private final PrintWriter out;

    BatchCompiler(Target target, Path folder, PrintWriter out) {
        this.target = target;
        this.folder = folder;
        this.out = out;
    }

    int run(Path requests) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(requests);
        } catch (NoSuchFileException e) {
            throw new UserMistake("There is no file `" + requests + "`.");
        }
        Files.createDirectories(folder);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                answer(lines.get(i), "line-" + (i + 1));
            }
        }
        return ExitStatus.DONE;
    }

    private void answer(String line, String standardId) throws IOException {
        long begin = System.nanoTime();
        String id = standardId;
        String error = null;
        ObjectNode told = JSON.createObjectNode();
        try {
            JsonNode request = JSON.readTree(line);
            id = id(request, standardId);
            told = compile(request, id);
            Files.deleteIfExists(folder.resolve(id + ".err"));
        } catch (JsonProcessingException e) {
            error = "error: This line is not a JSON object: " + e.getOriginalMessage();
        } catch (RuntimeException e) {
            boolean mistake =
                    Failures.isUserMistake(e) || e instanceof IllegalArgumentException || e instanceof InternalFailure;
            error = mistake ? e.getMessage() : "error: Perihelion itself failed: " + e;
        }
        if (error != null) {
            Files.writeString(folder.resolve(id + ".err"), error + "\n");
        }
        ObjectNode result = JSON.createObjectNode();
        result.put("id", id);
        result.put("ok", error == null);
        result.put("millis", (System.nanoTime() - begin) / 1_000_000.0);
        result.put("error", error);
        result.setAll(told);
        out.println(JSON.writeValueAsString(result));
    }

    private static String id(JsonNode request, String standard) {
        String id = request.path("id").asText(standard);
        if (!id.matches("[A-Za-z0-9_.-]+") || id.startsWith(".")) {
            throw new UserMistake("The id `" + id + "` cannot be a file name; use letters, digits, `_`, `-` and `.`.");
        }
        return id;
    }

    /** What the module's binary would take by its facts, as a compile worker or a stored trial tells them; null where it cannot run. */
    private Double estimate(GeneratedModule module, JsonNode facts) {
        BinaryFacts binary = new BinaryFacts(
                facts.path("registers").asInt(),
                facts.path("spill_bytes").asInt(),
                facts.path("shared_bytes").asInt(),
                facts.path("threads").asInt(),
                facts.path("programs").asLong(),
                0);
        double nanos = toolchain.estimateNanos(module.work(), binary, target.toString());
        return Double.isFinite(nanos) ? nanos : null;
    }

    private static ObjectNode json(Feasibility feasibility) {
        ObjectNode node = JSON.createObjectNode();
        node.put("elements_per_thread", feasibility.elementsPerThread());
        node.put("shared_bytes", feasibility.sharedBytes());
        node.put("registers_per_thread", feasibility.registersPerThread());
        node.put("compile_ms", feasibility.compileMillis());
        node.put("refusal", feasibility.refusal().orElse(null));
        return node;
    }

    /** Writes the module; returns what is told of it beside. */
    private ObjectNode compile(JsonNode request, String id) throws IOException {
        String name = request.path("kernel").asText("");
        Map<String, String> values = new LinkedHashMap<>();
        request.path("args")
                .fields()
                .forEachRemaining(field -> values.put(
                        field.getKey(),
                        field.getValue().isTextual()
                                ? field.getValue().asText()
                                : field.getValue().toString()));
        KernelOptions kernel = new KernelOptions(name, List.of(), null);
        SourceFile file = new SourceFile(kernel.file(), kernel.source());
        AnalyzedKernel analyzed = TileCompiler.analyze(file, kernel.kernelName(), KernelOptions.read(values), target);
        JsonNode config = request.path("config");
        String text = config.isMissingNode() ? "default" : config.isTextual() ? config.asText() : config.toString();
        GeneratedModule module = analyzed.generate(ConfigurationOption.read(text, analyzed));
        if (request.path("space").asBoolean(false)) {
            Files.writeString(folder.resolve(id + ".space.json"), SpaceCommand.toJson(analyzed, kernel.file()));
        }
        Files.writeString(folder.resolve(id + ".py"), module.text());
        ObjectNode told = JSON.createObjectNode();
        told.put("sha256", module.sha256());
        told.set("feasibility", json(module.feasibility()));
        told.set("work", JSON.valueToTree(module.work()));
        if (request.has("facts")) {
            told.put("estimate_ns", estimate(module, request.get("facts")));
        }
        return told;
    }
}
