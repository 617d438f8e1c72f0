package dev.perihelion.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.executor.PythonRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks {@code perihelion.worker.doctor}. */
final class PythonFacts {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LIMIT_SECONDS = 500;

    private PythonFacts() {}

    /** Its answer, with {@code path}, the interpreter that was asked; {@code error} where it did not answer. */
    static ObjectNode gather(List<String> targets) throws InterruptedException {
        try {
            return gather(PythonRuntime.find(), targets);
        } catch (UncheckedIOException e) {
            return JSON.createObjectNode().put("error", e.getMessage() + " " + e.getCause());
        }
    }

    static ObjectNode gather(PythonRuntime runtime, List<String> targets) throws InterruptedException {
        ObjectNode facts = JSON.createObjectNode().put("path", runtime.python().toString());
        List<String> command = new ArrayList<>(List.of(runtime.python().toString(), "-m", "perihelion.worker.doctor"));
        targets.forEach(target -> command.addAll(List.of("--target", target)));
        Path folder = null;
        Process process = null;
        try {
            folder = Files.createTempDirectory("perihelion-doctor-");
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("PYTHONPATH", runtime.packageFolder().toString());
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.redirectOutput(folder.resolve("out").toFile());
            builder.redirectError(folder.resolve("err").toFile());
            process = builder.start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return facts.put("error", "gave no answer within " + LIMIT_SECONDS + " s");
            }
            String last = lastLine(folder.resolve("out"));
            if (process.exitValue() != 0 || last.isEmpty()) {
                String said = lastLine(folder.resolve("err"));
                return facts.put("error", said.isEmpty() ? "ended with status " + process.exitValue() : said);
            }
            facts.setAll((ObjectNode) JSON.readTree(last));
            return facts;
        } catch (JsonProcessingException e) {
            return facts.put("error", "answered something that is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return facts.put("error", String.valueOf(e.getMessage()));
        } finally {
            end(process, folder);
        }
    }

    private static void end(Process process, Path folder) {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (folder != null) {
            folder.resolve("out").toFile().delete();
            folder.resolve("err").toFile().delete();
            folder.toFile().delete();
        }
    }

    private static String lastLine(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .reduce("", (first, second) -> second)
                .strip();
    }
}
