package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.Target;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.TuningTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads what may stand for all kernels or for one: targets, strategy, budget, measuring. */
final class SettingsReader {

    private static final List<String> STRATEGY = List.of("name", "seed");
    private static final List<String> BUDGET = List.of("evaluations", "gpu_seconds", "seconds");
    private static final List<String> TOTAL = List.of("evaluations", "minutes");
    private static final List<String> MEASURE =
            List.of("l2", "rank_ms", "min_calls", "max_calls", "screen_calls", "screen_ratio", "run_timeout_ms");

    private SettingsReader() {}

    /** The settings that the mapping gives, and {@code base}'s for the others. */
    static KernelSettings read(Map<String, SpecNode> map, KernelSettings base) {
        KernelSettings read = base;
        if (map.containsKey("targets")) {
            read = read.withTargets(targets(map.get("targets"), base.targets()));
        }
        if (map.containsKey("strategy")) {
            read = strategy(map.get("strategy"), read);
        }
        if (map.containsKey("budget")) {
            SpecNode node = map.get("budget");
            read = read.withBudget(node.mistakes().attempt(() -> budget(node)).orElse(base.budget()));
        }
        if (map.containsKey("measure")) {
            SpecNode node = map.get("measure");
            read = read.withPolicy(
                    node.mistakes().attempt(() -> policy(node, base.policy())).orElse(base.policy()));
        }
        return read;
    }

    private static List<String> targets(SpecNode node, List<String> base) {
        List<SpecNode> items = node.isScalar()
                ? List.of(node)
                : node.mistakes()
                        .attempt(() -> node.list("`[cuda:auto, hip:gfx942]`"))
                        .orElse(null);
        if (items == null) {
            return base;
        }
        List<String> targets = new ArrayList<>();
        for (SpecNode item : items) {
            node.mistakes().attempt(() -> target(item)).ifPresent(target -> {
                if (targets.contains(target)) {
                    item.report("the target `" + target + "` stands here twice.");
                } else {
                    targets.add(target);
                }
            });
        }
        if (items.isEmpty()) {
            node.report("`targets` is empty. Write `targets: [cuda:auto]` or leave it out.");
        }
        return targets;
    }

    private static String target(SpecNode item) {
        String target = item.text();
        if (!target.equals(TuningTask.AUTO)) {
            try {
                Target.parse(target);
            } catch (IllegalArgumentException e) {
                throw item.error(e.getMessage());
            }
        }
        return target;
    }

    private static KernelSettings strategy(SpecNode node, KernelSettings base) {
        Mistakes mistakes = node.mistakes();
        Map<String, SpecNode> map = node.isScalar()
                ? Map.of("name", node)
                : mistakes.attempt(() -> node.map(STRATEGY)).orElse(Map.of());
        String name = map.containsKey("name")
                ? mistakes.attempt(() -> map.get("name").oneOf(Strategies.names()))
                        .orElse(base.strategy())
                : base.strategy();
        long seed = map.containsKey("seed")
                ? mistakes.attempt(() -> map.get("seed").whole(0)).orElse(base.seed())
                : base.seed();
        return base.withStrategy(name, seed);
    }

    private static Budget budget(SpecNode node) {
        if (node.isScalar()) {
            try {
                return Budget.parse(node.text());
            } catch (IllegalArgumentException e) {
                throw node.error(e.getMessage());
            }
        }
        Map<String, SpecNode> map = node.map(BUDGET);
        boolean timed = map.containsKey("gpu_seconds") || map.containsKey("seconds");
        int evaluations = timed ? Integer.MAX_VALUE : Budget.DEFAULT.evaluations();
        if (map.containsKey("evaluations")) {
            evaluations =
                    (int) Math.min(Integer.MAX_VALUE, map.get("evaluations").whole(1));
        }
        return new Budget(
                evaluations,
                map.containsKey("gpu_seconds") ? map.get("gpu_seconds").positive() : Double.POSITIVE_INFINITY,
                map.containsKey("seconds") ? map.get("seconds").positive() : Double.POSITIVE_INFINITY);
    }

    /** The limit of all tasks together. */
    static SweepBudget total(SpecNode node) {
        if (node.isScalar()) {
            try {
                return SweepBudget.parse(node.text());
            } catch (IllegalArgumentException e) {
                throw node.error(e.getMessage());
            }
        }
        Map<String, SpecNode> map = node.map(TOTAL);
        return new SweepBudget(
                map.containsKey("evaluations")
                        ? OptionalLong.of(map.get("evaluations").whole(1))
                        : OptionalLong.empty(),
                map.containsKey("minutes")
                        ? OptionalDouble.of(map.get("minutes").positive())
                        : OptionalDouble.empty());
    }

    private static MeasurePolicy policy(SpecNode node, MeasurePolicy base) {
        Map<String, SpecNode> map = node.map(MEASURE);
        int minCalls = map.containsKey("min_calls") ? (int) map.get("min_calls").whole(1) : base.minCalls();
        int maxCalls = map.containsKey("max_calls") ? (int) map.get("max_calls").whole(1) : base.maxCalls();
        if (minCalls > maxCalls) {
            throw node.error(
                    "`measure.min_calls` is " + minCalls + ", more than `max_calls`, which is " + maxCalls + ".");
        }
        return new MeasurePolicy(
                base.timer(),
                map.containsKey("l2") ? map.get("l2").oneOf(List.of("cold", "warm")) : base.l2(),
                map.containsKey("screen_calls") ? (int) map.get("screen_calls").whole(1) : base.screenCalls(),
                map.containsKey("screen_ratio") ? map.get("screen_ratio").positive() : base.screenRatio(),
                map.containsKey("rank_ms") ? map.get("rank_ms").positive() : base.rankMillis(),
                minCalls,
                maxCalls,
                map.containsKey("run_timeout_ms") ? map.get("run_timeout_ms").whole(1) : base.runTimeoutMillis());
    }
}
