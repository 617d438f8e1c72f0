package dev.perihelion.search.strategy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How well each arm of a {@link BanditSearch} did within the last trials: the share of its trials that were a new best, later
 * ones weighing more (the area under the curve of its successes), and a bonus for arms that were tried little.
 */
final class Credit {

    /** The trials that count. */
    private static final int WINDOW = 50;

    /** The weight of the bonus. */
    private static final double EXPLORATION = 0.05;

    private record Use(String arm, boolean success) {}

    private final List<String> arms;
    private final Deque<Use> window = new ArrayDeque<>();

    Credit(List<String> arms) {
        this.arms = List.copyOf(arms);
    }

    void add(String arm, boolean success) {
        window.addLast(new Use(arm, success));
        if (window.size() > WINDOW) {
            window.removeFirst();
        }
    }

    /** How many of so many trials each arm gets, in the order of their credit. */
    Map<String, Integer> shares(int count, SplittableRandom random) {
        Map<String, Integer> uses = new LinkedHashMap<>();
        Map<String, Double> area = new LinkedHashMap<>();
        for (Use use : window) {
            int n = uses.merge(use.arm(), 1, Integer::sum);
            area.merge(use.arm(), use.success() ? n : 0.0, Double::sum);
        }
        Map<String, Integer> shares = new LinkedHashMap<>();
        arms.forEach(arm -> shares.put(arm, 0));
        int offset = random.nextInt(arms.size());
        for (int i = 0; i < count; i++) {
            String best = null;
            double highest = Double.NEGATIVE_INFINITY;
            for (int a = 0; a < arms.size(); a++) {
                String arm = arms.get((a + offset) % arms.size());
                int n = uses.getOrDefault(arm, 0) + shares.get(arm);
                double score = score(arm, n, area, window.size() + i);
                if (score > highest) {
                    highest = score;
                    best = arm;
                }
            }
            shares.merge(best, 1, Integer::sum);
        }
        return shares;
    }

    /** Trials that this very answer gives to the arm count as tried without success, so that no arm gets a whole batch. */
    private static double score(String arm, int trials, Map<String, Double> area, int all) {
        if (trials == 0) {
            return Double.MAX_VALUE;
        }
        double credit = 2 * area.getOrDefault(arm, 0.0) / (trials * (trials + 1.0));
        return credit + EXPLORATION * Math.sqrt(2 * Math.log(Math.max(2, all)) / trials);
    }
}
