package dev.perihelion.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.search.space.Configuration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkEstimateTest {

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
                for rows, columns in hl.tile(x.size()):
                    out[rows, columns] = x[rows, columns] * 2
                return out


            @helion.kernel
            def scale(x):
                out = torch.empty_like(x)
                for rows in hl.tile(x.size(0)):
                    out[rows, :] = x[rows, :] / torch.sum(x[rows, :].to(torch.float32), dim=1)[:, None]
                return out
            """;
    private static final double MATRIX = 1024 * 1024 * 2;

    private static WorkEstimate work(String kernel, Map<String, String> arguments, String configuration) {
        return TileCompiler.analyze(
                        new SourceFile("kernels.py", KERNELS),
                        kernel,
                        Arguments.parse(arguments),
                        Target.parse("cuda:90"))
                .generate(Configuration.fromJson(configuration))
                .work();
    }

    private static WorkEstimate twice(String configuration) {
        return work("twice", Map.of("x", "f16[1024,1024]"), configuration);
    }

    private static WorkEstimate matmul(String configuration) {
        return work("matmul", Map.of("x", "f16[1024,1024]", "y", "f16[1024,1024]"), configuration);
    }

    @Test
    void elementwiseWorkReadsAndWritesEachByteOnce() {
        WorkEstimate work = twice("{\"block_sizes\": [16, 128]}");
        assertThat(work.bytesRead()).isEqualTo(MATRIX);
        assertThat(work.bytesWritten()).isEqualTo(MATRIX);
        assertThat(work.distinctBytes()).isEqualTo(2 * MATRIX);
        assertThat(work.sectorBytes()).isEqualTo(2 * MATRIX);
        assertThat(work.tiles()).isEqualTo(512);
        assertThat(work.waits()).isEqualTo(512);
        assertThat(work.matrixFlops()).isZero();
    }

    @Test
    void narrowTilesHaveMoreRunsAndWastedSectors() {
        assertThat(twice("{\"block_sizes\": [16, 128]}").runs()).isEqualTo(2 * 1024 * 8);
        WorkEstimate narrow = twice("{\"block_sizes\": [128, 4]}");
        assertThat(narrow.runs()).isEqualTo(2 * 1024 * 256);
        assertThat(narrow.sectorBytes()).isEqualTo(4 * 2 * MATRIX);
        // One loop over all elements takes them in the order of memory.
        assertThat(twice("{\"block_sizes\": [128, 4], \"flatten_loops\": [true]}")
                        .runs())
                .isEqualTo(2 * 1024 * 2);
    }

    @Test
    void moreWarpsMakeNarrowerRequests() {
        double wide = twice("{\"block_sizes\": [16, 128], \"num_warps\": 4}").requests();
        assertThat(twice("{\"block_sizes\": [16, 128], \"num_warps\": 32}").requests())
                .isEqualTo(4 * wide);
    }

    @Test
    void tilesOfATileAreCountedWithinIt() {
        Map<String, String> arguments = Map.of("x", "f16[1024,1024]");
        WorkEstimate work = work("gradient", arguments, "{\"block_sizes\": [64, 8]}");
        assertThat(work.bytesRead()).isEqualTo(MATRIX);
        assertThat(work.turns()).isEqualTo(1024 / 8);
        assertThat(work.tiles()).isEqualTo(16);
    }

    @Test
    void aRowInChunksIsReadAgain() {
        Map<String, String> arguments = Map.of("x", "f16[1024,1024]");
        WorkEstimate whole = work("scale", arguments, "{\"block_sizes\": [1]}");
        WorkEstimate chunks = work("scale", arguments, "{\"block_sizes\": [1], \"reduction_loops\": [256]}");
        assertThat(chunks.distinctBytes()).isEqualTo(whole.distinctBytes());
        assertThat(chunks.turns()).isEqualTo(2 * 4 * 1024);
        assertThat(whole.exchanges()).isEqualTo(1024);
        assertThat(chunks.exchanges()).isEqualTo(1024);
    }

    @Test
    void productsReadTheirOperandsOftenAndTheirMatricesOnce() {
        WorkEstimate work = matmul("{\"block_sizes\": [128, 256, 64], \"num_warps\": 8, \"num_stages\": 3}");
        assertThat(work.flops()).isCloseTo(2.0 * 1024 * 1024 * 1024, within(1e7));
        assertThat(work.matrixFlops()).isEqualTo(2.0 * 1024 * 1024 * 1024);
        assertThat(work.bytesRead()).isEqualTo(MATRIX * 4 + MATRIX * 8);
        assertThat(work.distinctBytes()).isEqualTo(3 * MATRIX);
        assertThat(work.turns()).isEqualTo(32 * 16);
        // Two turns are loaded ahead.
        assertThat(work.waits()).isEqualTo(work.turns() / 2);
    }

    @Test
    void singleWarpsAreSlowerThanWarpGroupsAndReadMore() {
        WorkEstimate grouped = matmul("{\"block_sizes\": [64, 128, 64], \"num_warps\": 4}");
        WorkEstimate single = matmul("{\"block_sizes\": [32, 128, 64], \"num_warps\": 4}");
        assertThat(single.matrixFlops()).isCloseTo(1.5 * grouped.matrixFlops(), within(1.0));
        assertThat(single.operandBytes()).isGreaterThan(1.5 * grouped.operandBytes());
    }

    @Test
    void persistentProgramsHaveAsManyTiles() {
        assertThat(twice("{\"block_sizes\": [16, 128], \"pid_type\": \"persistent_interleaved\"}")
                        .tiles())
                .isEqualTo(512);
    }
}
