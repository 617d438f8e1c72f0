package dev.perihelion.sweep.fake;

import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.TuningTask;
import java.util.Map;
import java.util.Optional;

/** Tuning tasks of the {@link FakeKernel}. */
public final class TestTasks {

    private TestTasks() {}

    public static TuningTask task(String target, String strategy, int evaluations) {
        return task("softmax", 4096, target, strategy, Budget.ofEvaluations(evaluations));
    }

    /** A task of any kernel and size. */
    public static TuningTask task(String kernel, int rows, String target, String strategy, Budget budget) {
        return new TuningTask(
                "kernels/softmax.py",
                "def softmax(x): ...\n",
                kernel,
                Map.of("x", "f16[" + rows + ",2560]"),
                target,
                strategy,
                7,
                budget,
                Optional.empty(),
                MeasurePolicy.DEFAULT);
    }
}
