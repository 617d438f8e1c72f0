package dev.perihelion.sweep.export;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.sweep.TuningTask;

/** Analyses a stored task's kernel again; {@code Toolchain::analyze} is one. */
@FunctionalInterface
public interface ModuleSource {

    /** The kernel, from the source text that the store has. */
    AnalyzedKernel analyze(TuningTask task);
}
