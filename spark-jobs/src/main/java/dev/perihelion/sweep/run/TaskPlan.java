package dev.perihelion.sweep.run;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.sweep.TuningTask;
import java.util.Optional;

/**
 * A tuning task, ready to run.
 *
 * @param id of the task
 * @param task its target resolved
 * @param kernel analysed for it
 * @param small analysed for small shapes, where results are checked on the CPU; its absence means that a GPU measures
 */
record TaskPlan(String id, TuningTask task, AnalyzedKernel kernel, Optional<AnalyzedKernel> small) {

    boolean measured() {
        return small.isEmpty();
    }

    /** The kernel as the worker that checks or measures sees it. */
    AnalyzedKernel checkedKernel() {
        return small.orElse(kernel);
    }

    /** The arguments of the worker that checks or measures. */
    String measureArguments() {
        return checkedKernel().arguments().toJson();
    }

    String compileArguments() {
        return kernel.arguments().toJson();
    }
}
