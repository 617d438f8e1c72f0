package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The few configurations that between them suit many tasks: each next one is that which brings the tasks closest to their
 * best, given those chosen before (greedy cover).
 */
public final class GreedyCover {

    /** A task without a result of any chosen configuration counts as this many times slower than its best. */
    private static final double UNCOVERED = 10;

    private GreedyCover() {}

    /**
     * @param tasks for each recorded task, the latencies of its configurations that ran, in any unit
     * @param count the most configurations to choose
     * @return the chosen ones, the most useful first; fewer where more would bring nothing
     */
    public static List<Configuration> choose(List<Map<Configuration, Double>> tasks, int count) {
        double[] bests = tasks.stream()
                .mapToDouble(task -> task.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .min()
                        .orElse(1))
                .toArray();
        double[] losses = new double[bests.length];
        Arrays.fill(losses, Math.log(UNCOVERED));
        Set<Configuration> candidates = new LinkedHashSet<>();
        tasks.forEach(task -> task.keySet().stream()
                .sorted(Comparator.comparing(Configuration::toJson))
                .forEach(candidates::add));
        List<Configuration> chosen = new ArrayList<>();
        while (chosen.size() < count) {
            Configuration next = null;
            double most = 0;
            for (Configuration candidate : candidates) {
                double gain = 0;
                for (int task = 0; task < losses.length; task++) {
                    gain += Math.max(0, losses[task] - loss(tasks.get(task), bests[task], candidate));
                }
                if (gain > most) {
                    next = candidate;
                    most = gain;
                }
            }
            if (next == null) {
                break;
            }
            chosen.add(next);
            for (int task = 0; task < losses.length; task++) {
                losses[task] = Math.min(losses[task], loss(tasks.get(task), bests[task], next));
            }
        }
        return chosen;
    }

    private static double loss(Map<Configuration, Double> task, double best, Configuration candidate) {
        Double latency = task.get(candidate);
        return latency == null ? Math.log(UNCOVERED) : Math.log(latency / best);
    }
}
