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
        return new TuningTask(
                "kernels/softmax.py",
                "def softmax(x): ...\n",
                "softmax",
                Map.of("x", "f16[4096,2560]"),
                target,
                strategy,
                7,
                Budget.ofEvaluations(evaluations),
                Optional.empty(),
                MeasurePolicy.DEFAULT);
    }
}
