package dev.perihelion.sweep.spec;

import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.TuningTask;
import java.util.List;

/**
 * How a kernel is tuned; the specification gives it for all kernels, and each kernel may differ.
 *
 * @param targets it is tuned for each
 * @param strategy its name
 * @param seed of strategy and inputs
 * @param budget of each tuning task
 * @param policy how latencies are taken
 */
public record KernelSettings(List<String> targets, String strategy, long seed, Budget budget, MeasurePolicy policy) {

    /** What holds where a specification says nothing. */
    public static final KernelSettings DEFAULT =
            new KernelSettings(List.of(TuningTask.AUTO), Strategies.DEFAULT, 0, Budget.DEFAULT, MeasurePolicy.DEFAULT);

    public KernelSettings {
        targets = List.copyOf(targets);
    }

    KernelSettings withTargets(List<String> others) {
        return new KernelSettings(others, strategy, seed, budget, policy);
    }

    KernelSettings withStrategy(String name, long newSeed) {
        return new KernelSettings(targets, name, newSeed, budget, policy);
    }

    KernelSettings withBudget(Budget other) {
        return new KernelSettings(targets, strategy, seed, other, policy);
    }

    KernelSettings withPolicy(MeasurePolicy other) {
        return new KernelSettings(targets, strategy, seed, budget, other);
    }
}
