package dev.perihelion.compiler.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.search.space.SearchSpace;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Every kernel gives its {@code .triton} module and its {@code .space}; see {@link GoldenInput}. */
@Timeout(120)
class KernelGoldenTest {

    @TestFactory
    Stream<DynamicTest> modules() throws IOException {
        return GoldenInput.all("").stream()
                .map(input -> DynamicTest.dynamicTest(input.toString(), () -> {
                    AnalyzedKernel kernel = input.analyze();
                    String text = kernel.generate(input.configuration(kernel))
                            .text()
                            .replaceAll("Perihelion [0-9.]+", "Perihelion");
                    assertThat(input.compare(".triton", text)).isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> spaces() throws IOException {
        return GoldenInput.all("").stream()
                .map(input -> DynamicTest.dynamicTest(
                        input.toString(),
                        () -> assertThat(input.compare(
                                        ".space", json(input.analyze().space())))
                                .isEmpty()));
    }

    /** Also across instances: nothing depends on the order of a hash table. */
    @TestFactory
    Stream<DynamicTest> theSameInputGivesTheSameBytes() throws IOException {
        return GoldenInput.all("").stream()
                .map(input -> DynamicTest.dynamicTest(input.toString(), () -> {
                    AnalyzedKernel one = input.analyze();
                    AnalyzedKernel two = input.analyze();
                    GeneratedModule first = one.generate(input.configuration(one));
                    assertThat(first).isEqualTo(two.generate(input.configuration(two)));
                    assertThat(first.work().bytesWritten()).isPositive();
                }));
    }

    private static String json(SearchSpace space) throws IOException {
        StringBuilder text = new StringBuilder("{\"parameters\": [\n");
        ObjectMapper json = new ObjectMapper();
        for (Map<String, Object> parameter : space.describe()) {
            text.append("  ")
                    .append(json.writeValueAsString(new LinkedHashMap<>(parameter)))
                    .append('\n');
        }
        text.append("], \"constraints\": [\n");
        space.constraints()
                .forEach(constraint -> text.append("  ").append(constraint).append('\n'));
        return text.append("], \"default\": ")
                .append(space.defaultConfiguration().toJson())
                .append("}\n")
                .toString();
    }
}
