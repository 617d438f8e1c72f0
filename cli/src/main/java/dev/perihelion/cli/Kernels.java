package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.sweep.TuningTask;

/** Stored tasks, analysed again. */
final class Kernels {

    private Kernels() {}

    static AnalyzedKernel analyze(TuningTask task) {
        return TileCompiler.analyze(task.sourceFile(), task.kernel(), task.arguments(), Target.parse(task.target()));
    }
}
