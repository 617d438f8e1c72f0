package dev.perihelion.compiler.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users may write, and what becomes of it: as the reference takes it. */
@Timeout(60)
class UserValuesTest {

    private static final AnalyzedKernel PRODUCT =
            Kernels.analyzed("""
            @helion.kernel
            def kernel(x, y):
                out = torch.empty([x.size(0), y.size(1)], dtype=x.dtype, device=x.device)
                for rows, columns in hl.tile([x.size(0), y.size(1)]):
                    acc = hl.zeros([rows, columns], dtype=torch.float32)
                    for depth in hl.tile(x.size(1)):
                        acc = torch.addmm(acc, x[rows, depth], y[depth, columns])
                    out[rows, columns] = acc
                return out
            """, Map.of("x", "f16[512,512]", "y", "f16[512,512]"));

    private static final AnalyzedKernel ROWS = Kernels.analyzed("""
            @helion.kernel
            def kernel(x):
                out = torch.empty_like(x)
                for tile in hl.tile(x.size(0)):
                    out[tile, :] = torch.softmax(x[tile, :], -1)
                return out
            """, Map.of("x", "f32[64,1000]"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'block_sizes': [[32, 64], 16]}                        | block_sizes            | [32, 64, 16]",
                "{'range_num_stage': 3}                                 | range_num_stages       | [0, 0]",
                "{'range_num_stage': 3, 'pid_type': 'persistent_blocked'} | range_num_stages     | [3, 0]",
                "{'range_unroll_factors': [0, 9]}                       | range_unroll_factors   | [0, 9]",
                "{'l2_grouping': 128}                                   | l2_groupings           | [128]",
                "{'loop_order': [1, 0]}                                 | loop_orders            | [[1, 0]]",
                "{'num_stages': 12}                                     | num_stages             | 12",
                "{'pid_type': 'xyz'}                                    | pid_type               | xyz",
                "{'load_eviction_policies': 'last'}                     | load_eviction_policies | [last, last]",
                "{'xcd_remap': true}                                    | xcd_remap              | null",
                "{'epilogue_subtile': true}                             | epilogue_subtile       | 2",
                "{'epilogue_subtile': 0}                                | epilogue_subtile       | null",
                "{'pid_type': 'persistent_blocked', 'num_sm_multiplier': 3} | num_sm_multiplier  | 3",
                "{'pid_type': 'persistent_blocked', 'maxnreg': 168}     | maxnreg                | 168",
                "{'advanced_controls_file': ''}                         | advanced_controls_file | null",
            })
    void isTaken(String written, String key, String expected) {
        Object value = PRODUCT.normalize(Configuration.fromJson(written.replace('\'', '"')))
                .values()
                .get(key);

        assertThat(String.valueOf(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'block_size': 32}                        | Not enough values for `block_sizes`",
                "{'block_sizes': 32}                       | Not enough values for `block_sizes`",
                "{'loop_orders': [1, 0]}                   | Too many values for `loop_orders`",
                "{'loop_orders': [[1, 1]]}                 | `loop_orders[0]` cannot be [1, 1]",
                "{'flatten_loops': [true]}                 | Too many values for `flatten_loops`",
                "{'range_flattens': [null, 1]}             | `range_flattens[1]` cannot be 1",
                "{'l2_groupings': [3]}                     | `l2_groupings[0]` must be a power of two",
                "{'num_sm_multiplier': 2}                  | needs a persistent `pid_type`",
                "{'epilogue_subtile': 1}                   | can be null, 2 or 4",
                "{'epilogue_subtile': 3}                   | can be null, 2 or 4",
                "{'num_threads': [64]}                     | has no key `num_threads`",
                "{'waves_per_eu': 2}                       | has no key `waves_per_eu`",
                "{'xcd_remap': 1}                          | has no key `xcd_remap`",
                "{'advanced_controls_file': 3}             | is the path of a file",
                "{'pid_type': 'persistent_blocked', 'maxnreg': 300} | from 1 to 256",
                "{'l2_grouping': 2, 'l2_groupings': [2]}   | both given",
            })
    void isRefused(String written, String reason) {
        Configuration configuration = Configuration.fromJson(written.replace('\'', '"'));

        assertThatThrownBy(() -> PRODUCT.normalize(configuration))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void controlsGoToTheAssembler() {
        Configuration given = Configuration.fromJson("{\"advanced_controls_file\": \"/opt/a b.acf\"}");

        assertThat(PRODUCT.generate(given).text()).contains("ptx_options=\"--apply-controls /opt/a b.acf\"");
        assertThat(PRODUCT.generate(Configuration.of(Map.of())).text()).doesNotContain("ptx_options");
    }

    @Test
    void piecesOfAnEpilogueDoNotStandBesideFlatLoops() {
        AnalyzedKernel flat = Kernels.analyzed("""
                @helion.kernel
                def kernel(x):
                    out = torch.empty_like(x)
                    for rows, columns in hl.tile([x.size(0), x.size(1)]):
                        out[rows, columns] = x[rows, columns] * 2
                    return out
                """, Map.of("x", "f32[64,64]"));
        Configuration both = Configuration.fromJson("{\"flatten_loops\": [true], \"epilogue_subtile\": 2}");

        assertThatThrownBy(() -> flat.normalize(both))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("cannot stand beside `flatten_loops` true");
        assertThat(flat.generate(Configuration.fromJson("{\"epilogue_subtile\": 2}"))
                        .text())
                .contains("= tl.split(")
                .containsPattern("(?s)tl\\.store.*tl\\.store");
    }

    @Test
    void aChunkThatHoldsTheRowIsTheRow() {
        assertThat(chunks("{\"reduction_loops\": [512]}")).isEqualTo(List.of(512L));
        assertThat(chunks("{\"reduction_loops\": [2]}")).isEqualTo(List.of(2L));
        assertThat(chunks("{\"reduction_loop\": 1}")).isEqualTo(List.of(8L));
        assertThat(chunks("{\"reduction_loop\": 4096}")).isEqualTo(List.of(1024L));
        assertThat(chunks("{\"reduction_loops\": [null]}")).isEqualTo(List.of(1024L));
        assertThat(chunks("{}")).isEqualTo(List.of(1024L));
    }

    private static Object chunks(String written) {
        return ROWS.normalize(Configuration.fromJson(written)).values().get(Keys.REDUCTION_LOOPS);
    }
}
