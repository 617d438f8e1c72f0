package dev.perihelion.sweep.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * In which order tasks begin: by priority; then a first shape of each kernel before a second, so that later shapes can begin
 * with what earlier ones found; then as the specification has them.
 */
final class Order {

    private Order() {}

    static List<TaskPlan> of(List<TaskPlan> plans) {
        Map<String, Integer> seen = new HashMap<>();
        Map<TaskPlan, Integer> round = new HashMap<>();
        List<TaskPlan> byPriority = new ArrayList<>(plans);
        byPriority.sort(Comparator.comparingInt(plan -> -plan.task().priority()));
        for (TaskPlan plan : byPriority) {
            String kernel = plan.task().priority() + "|" + plan.task().kernel() + "|"
                    + plan.task().source();
            round.put(plan, seen.merge(kernel, 1, Integer::sum));
        }
        byPriority.sort(Comparator.comparingInt((TaskPlan plan) -> -plan.task().priority())
                .thenComparing(round::get));
        return byPriority;
    }
}
