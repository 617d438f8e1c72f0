package dev.perihelion.tests.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.ops.PointwiseTable;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.executor.PythonRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every row of the table of elementwise operations, and calls made of them, on special numbers of seven dtypes: result
 * types and results are torch's. See {@code tests/operations/operations.py}.
 */
@Timeout(120)
class OperationsTest {

    private static final Path SCRIPT =
            Path.of(System.getenv("PERIHELION_ROOT"), "tests", "operations", "operations.py");

    @Test
    void everyOperationIsTorchs(@TempDir Path folder) throws Exception {
        Path table = folder.resolve("table.json");
        new ObjectMapper().writeValue(table.toFile(), table());
        for (String line : python("generate", table, folder).lines().toList()) {
            String[] words = line.split(" ");
            compile(folder, words[0], words[1], words[2]);
        }
        assertThat(python("check", table, folder)).isEmpty();
    }

    private static List<Map<String, Object>> table() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (PointwiseOp op : PointwiseTable.all()) {
            List<Map<String, Object>> parameters = new ArrayList<>();
            for (PointwiseOp.Parameter parameter : op.parameters()) {
                Map<String, Object> entry = new LinkedHashMap<>(Map.of("name", parameter.name()));
                parameter.standard().ifPresent(number -> entry.put("standard", number));
                parameters.add(entry);
            }
            rows.add(Map.of(
                    "name", op.name(),
                    "module", op.home().module(),
                    "typing", op.typing().name(),
                    "parameters", parameters));
        }
        return rows;
    }

    private static void compile(Path folder, String kernel, String dtype, String count) throws IOException {
        String text = Files.readString(folder.resolve(kernel + ".py"));
        String shape = dtype + "[" + count + "]";
        Arguments arguments = Arguments.parse(Map.of("x", shape, "y", shape, "z", shape, "w", "bool[" + count + "]"));
        AnalyzedKernel analyzed =
                TileCompiler.analyze(new SourceFile(kernel + ".py", text), kernel, arguments, Target.parse("cuda:90"));
        String module =
                analyzed.generate(analyzed.space().defaultConfiguration()).text();
        Files.writeString(folder.resolve(kernel + ".triton.py"), module);
    }

    private static String python(String action, Path table, Path folder) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                PythonRuntime.find().python().toString(),
                SCRIPT.toString(),
                action,
                table.toString(),
                folder.toString());
        builder.environment().put("TRITON_INTERPRET", "1");
        builder.environment().put("PYTHONWARNINGS", "ignore");
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
