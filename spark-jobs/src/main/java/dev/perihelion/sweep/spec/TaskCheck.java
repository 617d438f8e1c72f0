package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.sweep.TuningTask;
import java.util.Optional;

/** Whether a task's arguments fit its kernel. Called by several threads. */
@FunctionalInterface
public interface TaskCheck {

    /** Takes every task. */
    TaskCheck NONE = task -> Optional.empty();

    /** Lets the compiler type the kernel for the task's arguments; what stands for whatever GPU is found is typed for sm_90. */
    TaskCheck COMPILER = task -> {
        String target = task.target().equals(TuningTask.AUTO) ? "cuda:90" : task.target();
        try {
            TileCompiler.analyze(task.sourceFile(), task.kernel(), task.arguments(), Target.parse(target));
            return Optional.empty();
        } catch (CompileException e) {
            return Optional.of(KernelSource.oneLine(e));
        }
    };

    /** What does not fit, with its place in the kernel file; empty where all does. */
    Optional<String> problem(TuningTask task);
}
