package dev.perihelion.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.search.space.Configuration;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On an H100, loads by descriptors that begin at other multiples of the contiguous axis are illegal instructions. */
@Timeout(60)
class DescriptorPlacesTest {

    private static final String KERNEL = """
            import helion
            import helion.language as hl
            import torch


            @helion.kernel
            def part(x):
                m, n = x.size()
                out = torch.zeros_like(x)
                for rows, columns in hl.tile([0, FIRST], [m, n]):
                    out[rows, columns] = x[rows, columns] * 2
                return out
            """;

    @ParameterizedTest
    @CsvSource({
        "f32, 0, true",
        "f32, 4, true",
        "f32, 12, true",
        "f32, 2, false",
        "f32, 5, false",
        "bf16, 8, true",
        "bf16, 4, false",
    })
    void beginsAtMultiplesOf16Bytes(String dtype, String first, boolean fits) {
        AnalyzedKernel kernel = TileCompiler.analyze(
                new SourceFile("part.py", KERNEL.replace("FIRST", first)),
                "part",
                Arguments.parse(Map.of("x", dtype + "[256,256]")),
                Target.parse("cuda:90"));
        String text = kernel.generate(
                        Configuration.fromJson("{\"block_sizes\": [32, 32], \"indexing\": \"tensor_descriptor\"}"))
                .text();

        assertThat(text.contains("make_tensor_descriptor(x")).isEqualTo(fits);
    }
}
