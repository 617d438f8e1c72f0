package dev.perihelion.compiler.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.syntax.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** docs/language.md names every torch function that device code may use. */
@Timeout(30)
class DocumentedNamesTest {

    private static final Path DOCUMENT = Path.of(System.getenv("PERIHELION_ROOT"), "docs/language.md");

    @Test
    void everyFunctionIsDocumented() throws IOException {
        String document = Files.readString(DOCUMENT);
        Context context = new Context(new SourceFile("none.py", ""), KernelSettings.DEFAULT);
        List<String> missing = new TensorCalls(context, new DeviceOps(context))
                .names().stream()
                        .filter(name -> !name.startsWith("__") && !name.startsWith("arc"))
                        .filter(name -> !name.startsWith("new_") && !name.endsWith("_like"))
                        .filter(name -> !Pattern.compile("`[^`]*\\b" + name + "\\b[^`]*`")
                                .matcher(document)
                                .find())
                        .toList();
        assertThat(missing).as("in backticks in " + DOCUMENT).isEmpty();
    }
}
