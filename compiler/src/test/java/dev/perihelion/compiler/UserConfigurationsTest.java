package dev.perihelion.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UserConfigurationsTest {

    private static final String KERNEL = """
            import helion
            import helion.language as hl
            import torch


            @helion.kernel(configs=[
                helion.Config(block_sizes=[64], num_warps=8),
                helion.Config(block_sizes=[32], num_warps=3),
                helion.Config(block_sizes=[128], num_warps=2),
            ])
            def twice(x):
                out = torch.empty_like(x)
                for tile in hl.tile(x.size(0)):
                    out[tile] = x[tile] * 2
                return out
            """;

    private final AnalyzedKernel kernel = TileCompiler.analyze(
            new SourceFile("twice.py", KERNEL),
            "twice",
            Arguments.parse(Map.of("x", "f32[1000]")),
            Target.parse("cuda:90"));

    @Test
    void thoseThatFitTheSpaceComeFirstAmongTheSeeds() {
        List<Configuration> given = kernel.userConfigurations();

        assertThat(given).hasSize(2).allMatch(kernel.space()::contains);
        assertThat(given).extracting(this::warps).containsExactly(8L, 2L);
        assertThat(kernel.seeds()).startsWith(given.toArray(Configuration[]::new));
    }

    @Test
    void theirValuesReachTheModule() {
        assertThat(kernel.generate(kernel.userConfigurations().get(0)).text())
                .contains("tl.arange(0, 64)")
                .contains("num_warps=8");
    }

    private Object warps(Configuration configuration) {
        return configuration.values().get("num_warps");
    }
}
