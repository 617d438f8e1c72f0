package dev.perihelion.compiler.space;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import java.util.Map;

/** Analyses the one kernel of a text, which is called {@code kernel}. */
final class Kernels {

    private static final String IMPORTS = """
            import helion
            import helion.language as hl
            import torch


            """;

    private Kernels() {}

    static AnalyzedKernel analyzed(String kernel, Map<String, String> arguments) {
        return analyzed(kernel, arguments, "cuda:90");
    }

    static AnalyzedKernel analyzed(String kernel, Map<String, String> arguments, String target) {
        return TileCompiler.analyze(
                new SourceFile("kernel.py", IMPORTS + kernel),
                "kernel",
                Arguments.parse(arguments),
                Target.parse(target));
    }
}
