package dev.perihelion.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parses a part of the installed Python's own library: code of many authors that is certainly Python. */
@Timeout(120)
class StandardLibraryTest {

    private static final List<String> PARTS = List.of(
            "json", "asyncio", "collections", "concurrent", "dataclasses.py", "typing.py", "ast.py", "inspect.py");

    @Test
    void parsesWithoutErrors() throws Exception {
        Path library = library();
        assumeTrue(library != null, "no Python is installed here");
        List<Path> files = new ArrayList<>();
        for (String part : PARTS) {
            try (Stream<Path> found = Files.walk(library.resolve(part))) {
                found.filter(f -> f.toString().endsWith(".py")).forEach(files::add);
            }
        }
        assertThat(files).hasSizeGreaterThan(30);
        for (Path file : files) {
            SourceFile source = new SourceFile(file.toString(), Files.readString(file));
            assertThat(SourceParser.parse(source).body()).as(file.toString()).isNotNull();
        }
    }

    private static Path library() throws InterruptedException {
        String named = System.getenv("PERIHELION_PYTHON");
        for (String python : named == null ? List.of("python3") : List.of(named, "python3")) {
            try {
                Process process = new ProcessBuilder(python, "-c", "import os; print(os.path.dirname(os.__file__))")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                if (process.waitFor() == 0) {
                    return Path.of(answer);
                }
            } catch (IOException absent) {
                // The next candidate may exist.
            }
        }
        return null;
    }
}
