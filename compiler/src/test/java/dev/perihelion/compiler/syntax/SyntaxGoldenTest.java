package dev.perihelion.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.diagnostics.CompileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every {@code *.py} under the resources gives its {@code *.ast} ({@code valid}) or {@code *.err} ({@code invalid}). With
 * {@code PERIHELION_ACCEPT=1} the expectation is rewritten, and the test still fails, so that nobody accepts by accident.
 */
class SyntaxGoldenTest {

    private static final Path INPUTS = Path.of("src/test/resources/syntax");

    @TestFactory
    Stream<DynamicTest> valid() throws IOException {
        return inputs("valid")
                .map(file -> DynamicTest.dynamicTest(
                        file.getFileName().toString(),
                        () -> check(file, ".ast", AstPrinter.print(SourceParser.parse(read(file))))));
    }

    @TestFactory
    Stream<DynamicTest> invalid() throws IOException {
        return inputs("invalid")
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    String text = "";
                    try {
                        SourceParser.parse(read(file));
                    } catch (CompileException e) {
                        text = e.getMessage() + "\n";
                    }
                    assertThat(text).as("errors of " + file).isNotEmpty();
                    check(file, ".err", text);
                }));
    }

    private static Stream<Path> inputs(String folder) throws IOException {
        try (Stream<Path> files = Files.list(INPUTS.resolve(folder))) {
            return files.filter(f -> f.toString().endsWith(".py")).sorted().toList().stream();
        }
    }

    private static SourceFile read(Path file) throws IOException {
        return new SourceFile(file.getFileName().toString(), Files.readString(file));
    }

    private static void check(Path input, String ending, String actual) throws IOException {
        Path expected = Path.of(input.toString().replaceAll("\\.py$", ending));
        if ("1".equals(System.getenv("PERIHELION_ACCEPT"))) {
            Files.writeString(expected, actual);
            throw new AssertionError("Accepted " + expected + "; run again without PERIHELION_ACCEPT.");
        }
        assertThat(expected).exists();
        assertThat(actual).isEqualTo(Files.readString(expected));
    }
}
