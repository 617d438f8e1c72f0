package dev.perihelion.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ReductionLengthTest {

    private static final String KERNELS = """
            import helion
            import helion.language as hl
            import torch


            @helion.kernel
            def product(x):
                m, k = x.size()
                out = torch.empty([m, m], dtype=x.dtype, device=x.device)
                for rows, columns in hl.tile([m, m]):
                    total = hl.zeros([rows, columns], dtype=torch.float32)
                    for depth in hl.tile(k):
                        total = hl.dot(x[rows, depth], x[columns, depth].T, acc=total)
                    out[rows, columns] = total.to(x.dtype)
                return out


            @helion.kernel
            def row_sums(x):
                out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
                for rows in hl.tile(x.size(0)):
                    out[rows] = x[rows, :].sum(-1)
                return out


            @helion.kernel
            def total(x):
                out = torch.zeros([1], dtype=x.dtype, device=x.device)
                for rows in hl.tile(x.size(0)):
                    hl.atomic_add(out, [0], x[rows, 0].sum())
                return out


            @helion.kernel
            def twice(x):
                out = torch.empty_like(x)
                for tile in hl.tile(x.size()):
                    out[tile] = x[tile] * 2
                return out
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "product  | f32[64,3000] | 3000",
                "row_sums | f32[64,3000] | 3000",
                "total    | f32[5000,8]  | 5000",
                "twice    | f32[64,3000] | 1",
            })
    void countsTheLongestFold(String kernel, String argument, double length) {
        AnalyzedKernel analyzed = TileCompiler.analyze(
                new SourceFile("kernels.py", KERNELS),
                kernel,
                Arguments.parse(Map.of("x", argument)),
                Target.parse("cuda:90"));
        assertThat(analyzed.reductionLength()).isEqualTo(length);
    }
}
