package dev.perihelion.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sizes named here are those that Triton 3.6 reported for the same programs, without its few bytes for barriers. */
@Timeout(60)
class FeasibilityTest {

    private static final String KERNELS = """
            import helion
            import helion.language as hl
            import torch


            @helion.kernel
            def matmul(x, y):
                m, k = x.size()
                n = y.size(1)
                out = torch.empty([m, n], dtype=x.dtype, device=x.device)
                for rows, columns in hl.tile([m, n]):
                    total = hl.zeros([rows, columns], dtype=torch.float32)
                    for depth in hl.tile(k):
                        total = torch.addmm(total, x[rows, depth], y[depth, columns])
                    out[rows, columns] = total.to(x.dtype)
                return out


            @helion.kernel
            def gradient(x):
                m, n = x.size()
                n = hl.specialize(n)
                block = hl.register_block_size(m)
                partial = torch.empty([helion.cdiv(m, block), n], dtype=torch.float32, device=x.device)
                for band in hl.tile(m, block_size=block):
                    total = hl.zeros([n], dtype=torch.float32)
                    for rows in hl.tile(band.begin, band.end):
                        total = total + x[rows, :].to(torch.float32).sum(dim=0)
                    partial[band.id, :] = total
                return partial.sum(0)


            @helion.kernel
            def twice(x):
                out = torch.empty_like(x)
                for tile in hl.tile(x.size()):
                    out[tile] = x[tile] * 2
                return out
            """;

    @ParameterizedTest
    @CsvSource({
        // Warp groups: a buffer for each stage.
        "128, 128, 64, 4, 4, pointer, 131072",
        "128, 128, 64, 4, 4, tensor_descriptor, 131072",
        // 16 rows are too few for a warp group: one buffer less.
        "16, 64, 512, 16, 2, tensor_descriptor, 81920",
        "32, 128, 1024, 32, 5, tensor_descriptor, 1310720",
        // No pipeline: both operands once.
        "16, 16, 16, 4, 1, pointer, 1024",
    })
    void buffersOfAProduct(long m, long n, long k, long warps, long stages, String indexing, long bytes) {
        Feasibility feasibility =
                matmul("cuda:90").feasibility(product(m, n, k, warps, stages).with(indexing(indexing)));

        assertThat(feasibility.sharedBytes()).isEqualTo(bytes);
        assertThat(feasibility.isFeasible()).isEqualTo(bytes <= 232_448);
    }

    @Test
    void anotherTargetHasLess() {
        Configuration configuration = product(128, 128, 64, 4, 5).build();

        assertThat(matmul("cuda:86").feasibility(configuration).refusal())
                .hasValueSatisfying(reason -> assertThat(reason).contains("cuda:86 has 101376"));
    }

    @Test
    void anInstructionNeedsItsRegisters() {
        // The assembler's words were: register target of 154 or higher.
        Configuration configuration = product(512, 256, 64, 32, 2).build();

        assertThat(matmul("cuda:90").feasibility(configuration).refusal())
                .hasValueSatisfying(reason -> assertThat(reason).contains("at least 154 registers", "leave 64"));
    }

    @Test
    void elementwiseWorkNeedsLittle() {
        AnalyzedKernel twice = analyze("twice", Map.of("x", "f32[4096,4096]"), "cuda:90");
        Feasibility feasibility =
                twice.feasibility(Configuration.fromJson("{\"block_sizes\": [32, 64], \"num_warps\": 4}"));

        assertThat(feasibility.elementsPerThread()).isEqualTo(16);
        assertThat(feasibility.sharedBytes()).isZero();
        assertThat(feasibility.registersPerThread()).isBetween(16L, 64L);
        assertThat(feasibility.compileMillis()).isBetween(50.0, 2000.0);
        assertThat(feasibility.refusal()).isEmpty();
    }

    @Test
    void theDefaultAndTheSeedsAreFeasible() {
        AnalyzedKernel kernel = matmul("cuda:90");

        assertThat(kernel.feasibility(kernel.space().defaultConfiguration()).refusal())
                .isEmpty();
        assertThat(kernel.seeds())
                .isNotEmpty()
                .allMatch(seed -> kernel.feasibility(seed).isFeasible());
    }

    @Test
    void programsThatGoOverBandsOfRowsAreAboutOneForEachMultiprocessor() {
        AnalyzedKernel kernel = analyze("gradient", Map.of("x", "bf16[2048,8192]"), "cuda:90");

        assertThat(kernel.seeds()).isNotEmpty();
        assertThat(kernel.seeds().get(0).values().get("block_sizes")).isEqualTo(List.of(16L, 2L));
    }

    private static AnalyzedKernel matmul(String target) {
        return analyze("matmul", Map.of("x", "bf16[4096,4096]", "y", "bf16[4096,4096]"), target);
    }

    private static AnalyzedKernel analyze(String kernel, Map<String, String> arguments, String target) {
        return TileCompiler.analyze(
                new SourceFile("kernels.py", KERNELS), kernel, Arguments.parse(arguments), Target.parse(target));
    }

    private static Product product(long m, long n, long k, long warps, long stages) {
        return new Product("\"block_sizes\": [" + m + ", " + n + ", " + k + "], \"num_warps\": " + warps
                + ", \"num_stages\": " + stages);
    }

    private static String indexing(String form) {
        return ", \"indexing\": \"" + form + "\"";
    }

    private record Product(String text) {
        Configuration with(String more) {
            return Configuration.fromJson("{" + text + more + "}");
        }

        Configuration build() {
            return with("");
        }
    }
}
