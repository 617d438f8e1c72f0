package dev.perihelion.cli;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.sweep.run.SparkSweeps;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Loads the classes that other commands need, so that the launcher can archive them. Starts no Python. */
@Command(name = "warm-up", hidden = true, description = "Loads what other commands need; used by the launcher.")
final class WarmUpCommand implements Callable<Integer> {

    private static final String KERNEL = """
            import torch
            import helion
            import helion.language as hl

            @helion.kernel
            def scale(x):
                out = torch.empty_like(x)
                for tile in hl.tile(x.size(0)):
                    out[tile, :] = (x[tile, :] * 2.0).sum(dim=1)[:, None] + x[tile, :]
                return out
            """;

    @Override
    public Integer call() {
        new CommandLine(new TuneCommand()).getUsageMessage();
        TileCompiler.analyze(
                        new SourceFile("warm-up.py", KERNEL),
                        "scale",
                        Arguments.parse(Map.of("x", "f32[64,64]")),
                        Target.parse("cuda:90"))
                .generate(dev.perihelion.search.space.Configuration.of(Map.of()));
        try (SparkSweeps spark = SparkSweeps.open(Optional.of("local[2]"))) {
            spark.warmUp();
        }
        return ExitStatus.DONE;
    }
}
