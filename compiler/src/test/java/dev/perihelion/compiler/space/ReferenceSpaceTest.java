package dev.perihelion.compiler.space;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules of the reference's space, each on the smallest kernel that shows it. */
@Timeout(60)
class ReferenceSpaceTest {

    private static final Map<String, String> ROWS = Map.of("x", "f32[64,1000]");

    @Test
    void theAxisThatARegisteredBlockTilesFirstBoundsIt() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x):
                    out = torch.empty_like(x)
                    block = hl.register_block_size(8, 512)
                    for tile in hl.tile(x.size(0), block_size=block):
                        out[tile] = x[tile] + 1
                    for tile in hl.tile(2000, block_size=block):
                        out[tile] = x[tile] + 1
                    return out
                """, Map.of("x", "f32[100]"));

        assertThat(bounds(kernel, Keys.BLOCK_SIZES)).containsExactly("8..128");
    }

    @Test
    void argumentsTellHowLongALoopIs() {
        String text = """
                @helion.kernel
                def kernel(x, n: int):
                    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
                    for tile in hl.tile(x.size(0)):
                        total = hl.zeros([tile], dtype=torch.float32)
                        for inner in hl.tile(%s):
                            total = total + x[tile, inner].sum(1)
                        out[tile] = total
                    return out
                """;
        Map<String, String> arguments = Map.of("x", "f32[64,1000]", "n", "300");

        assertThat(bounds(Kernels.analyzed(text.formatted("n"), arguments), Keys.BLOCK_SIZES))
                .containsExactly("1..64", "1..512");
        assertThat(bounds(Kernels.analyzed(text.formatted("n - 1"), arguments), Keys.BLOCK_SIZES))
                .containsExactly("1..64", "1..8192");
    }

    /** The reference lets rows and columns be longer than their axis; here the loop's end would lie outside of it. */
    @Test
    void blocksThatTheKernelComputesWithStayWithinTheirAxis() {
        String text = """
                @helion.kernel
                def kernel(x, y):
                    out = torch.zeros([x.size(0), y.size(1)], dtype=torch.float32, device=x.device)
                    block = hl.register_block_size(x.size(0))
                    for rows, columns in hl.tile([x.size(0), y.size(1)], block_size=[block, None]):
                        acc = hl.zeros([rows, columns], dtype=torch.float32)
                        for inner in hl.tile(%s):
                            acc = torch.addmm(acc, x[rows, inner], y[inner, columns])
                        out[rows, columns] = acc
                    return out
                """;
        Map<String, String> arguments = Map.of("x", "f16[16,16]", "y", "f16[16,1024]");

        assertThat(bounds(Kernels.analyzed(text.formatted("(rows.id + 1) * block"), arguments), Keys.BLOCK_SIZES))
                .startsWith("1..16");
        assertThat(bounds(Kernels.analyzed(text.formatted("rows.end"), arguments), Keys.BLOCK_SIZES))
                .startsWith("1..64");
    }

    @Test
    void tilesOfATileAreBoundedByItsGreatest() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x, y):
                    out = torch.zeros([x.size(0), y.size(1)], dtype=torch.float32, device=x.device)
                    depth = hl.register_block_size(x.size(1) // 4)
                    for rows, columns, outer in hl.tile(
                        [x.size(0), y.size(1), x.size(1)], block_size=[None, None, depth]
                    ):
                        acc = hl.zeros([rows, columns], dtype=torch.float32)
                        for inner in hl.tile(outer.begin, outer.end):
                            acc = torch.addmm(acc, x[rows, inner], y[inner, columns])
                        hl.atomic_add(out, [rows, columns], acc)
                    return out
                """, Map.of("x", "f16[1000,512]", "y", "f16[512,20]"));

        // 21 tiles of each of three axes fill 132 processors 64 times; the registered axis is 512 long.
        assertThat(bounds(kernel, Keys.BLOCK_SIZES)).containsExactly("16..128", "16..1024", "1..64", "16..128");
    }

    @Test
    void bothBranchesHaveAWordInCutting() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x, flag: int):
                    out = torch.empty_like(x)
                    for tile in hl.tile(x.size(0)):
                        row = x[tile, :]
                        if flag > 0:
                            row = row * 2
                        else:
                            row = row - row.amax(-1, keepdim=True)
                        out[tile, :] = row
                    return out
                """, Map.of("x", "f32[64,1000]", "flag", "1"));

        assertThat(bounds(kernel, Keys.REDUCTION_LOOPS)).isEmpty();
        assertThat(count(kernel, Keys.INDEXING)).isEqualTo(2);
    }

    @Test
    void constantsAreStoredInTheLoopOverChunks() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x):
                    out = torch.empty_like(x)
                    for tile in hl.tile(x.size(0)):
                        out[tile, :] = 0.0
                        out[tile, 0] = x[tile, :].sum(-1)
                    return out
                """, ROWS);

        assertThat(bounds(kernel, Keys.REDUCTION_LOOPS)).containsExactly("8..1024");
        assertThat(count(kernel, Keys.INDEXING)).isEqualTo(5);
    }

    @Test
    void whereLengthsMeetSlicesTheWorkIsNotCut() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x):
                    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
                    for tile in hl.tile(x.size(0)):
                        row = x[tile, :]
                        kept = torch.where(hl.arange(64)[None, :] < 50, row * 2, 0.0)
                        out[tile] = kept.sum(-1)
                    return out
                """, Map.of("x", "f32[64,64]"));

        // The load and the product are in one loop over chunks, the sum in another.
        assertThat(bounds(kernel, Keys.REDUCTION_LOOPS)).containsExactly("8..64");
        assertThat(count(kernel, Keys.INDEXING)).isEqualTo(3);
    }

    @Test
    void lengthsStayLengthsWhereAxesMove() {
        String text = """
                @helion.kernel
                def kernel(x):
                    out = torch.empty([x.size(0), 64], dtype=x.dtype, device=x.device)
                    for tile in hl.tile(x.size(0)):
                        total = hl.zeros([64, tile], dtype=torch.float32).T[None, :, :].sum(0)
                        out[tile, :] = %s
                    return out
                """;
        Map<String, String> arguments = Map.of("x", "f32[64,64]");

        // A loop over chunks with the load; where the sum is one of chunks too, another with load and store.
        assertThat(count(Kernels.analyzed(text.formatted("x[tile, :] + total"), arguments), Keys.INDEXING))
                .isEqualTo(3);
        assertThat(count(
                        Kernels.analyzed(text.formatted("x[tile, :] + total.sum(1)[:, None]"), arguments),
                        Keys.INDEXING))
                .isEqualTo(5);
    }

    @Test
    void whatIsReadByCountingStaysWhole() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x):
                    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
                    for tile in hl.tile(x.size(0)):
                        out[tile] = x[tile, hl.arange(64)].sum(-1)
                    return out
                """, Map.of("x", "f32[64,64]"));

        assertThat(bounds(kernel, Keys.REDUCTION_LOOPS)).isEmpty();
        assertThat(count(kernel, Keys.INDEXING)).isEqualTo(2);
    }

    @Test
    void productsBesideLengthsPinEveryExtent() {
        String tiles = """
                @helion.kernel
                def kernel(x, y, z):
                    out = torch.empty([x.size(0), y.size(1)], dtype=torch.float32, device=x.device)
                    for tile in hl.tile(x.size(0)):
                        scale = z[tile, :].sum(-1)[:, None]
                        for columns in hl.tile(y.size(1)):
                            acc = hl.zeros([tile, columns], dtype=torch.float32)
                            for depth in hl.tile(x.size(1)):
                                acc = torch.addmm(acc, x[tile, depth], y[depth, columns])
                            out[tile, columns] = acc * scale
                    return out
                """;
        Map<String, String> arguments = Map.of("x", "f16[256,512]", "y", "f16[512,64]", "z", "f32[256,1000]");

        assertThat(bounds(Kernels.analyzed(tiles, arguments), Keys.REDUCTION_LOOPS))
                .containsExactly("8..1024");
        assertThat(bounds(Kernels.analyzed(wholeColumns(), arguments), Keys.REDUCTION_LOOPS))
                .isEmpty();
    }

    private static String wholeColumns() {
        return """
                @helion.kernel
                def kernel(x, y, z):
                    out = torch.empty([x.size(0), 64], dtype=torch.float32, device=x.device)
                    for tile in hl.tile(x.size(0)):
                        acc = hl.zeros([tile, 64], dtype=torch.float32)
                        for depth in hl.tile(x.size(1)):
                            acc = torch.addmm(acc, x[tile, depth], y[depth, :])
                        out[tile, :] = acc * z[tile, :].sum(-1)[:, None]
                    return out
                """;
    }

    @Test
    void sortedRowsStayWhole() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x):
                    out = torch.empty_like(x)
                    for tile in hl.tile(x.size(0)):
                        values, places = torch.sort(x[tile, :], dim=-1)
                        out[tile, :] = values + x[tile, :].sum(-1, keepdim=True)
                    return out
                """, Map.of("x", "f32[64,64]"));

        assertThat(bounds(kernel, Keys.REDUCTION_LOOPS)).isEmpty();
    }

    @Test
    void loopsThatShareABlockShareTheirEntries() {
        AnalyzedKernel kernel = Kernels.analyzed("""
                @helion.kernel
                def kernel(x, y):
                    first = torch.empty_like(x)
                    second = torch.empty_like(y)
                    block = hl.register_block_size(x.size(0))
                    for rows, columns in hl.tile([x.size(0), x.size(1)], block_size=[block, None]):
                        first[rows, columns] = x[rows, columns] + 1
                    for rows, columns in hl.tile([y.size(0), y.size(1)], block_size=[block, None]):
                        second[rows, columns] = y[rows, columns] + 1
                    return first, second
                """, Map.of("x", "f32[8192,1000]", "y", "f32[4096,1000]"));

        assertThat(bounds(kernel, Keys.BLOCK_SIZES)).hasSize(3);
        assertThat(List.of(Keys.LOOP_ORDERS, Keys.L2_GROUPINGS, Keys.RANGE_FLATTENS))
                .allSatisfy(key -> assertThat(count(kernel, key)).isEqualTo(1));
        assertThat(count(kernel, Keys.FLATTEN_LOOPS)).isZero();
    }

    private static List<String> bounds(AnalyzedKernel kernel, String key) {
        return kernel.space().parameters().stream()
                .filter(parameter -> parameter.name().key().equals(key))
                .map(PowerOfTwoParameter.class::cast)
                .map(parameter -> parameter.low() + ".." + parameter.high())
                .toList();
    }

    private static long count(AnalyzedKernel kernel, String key) {
        return kernel.space().parameters().stream()
                .map(Parameter::name)
                .filter(name -> name.key().equals(key))
                .count();
    }
}
