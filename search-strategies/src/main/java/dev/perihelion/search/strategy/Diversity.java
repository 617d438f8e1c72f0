package dev.perihelion.search.strategy;

import java.util.ArrayList;
import java.util.List;

/** Chooses a batch of candidates that a forest rates high and that are not all alike to it. */
final class Diversity {

    private Diversity() {}

    /**
     * Takes candidates one by one: each time the one with the best score less the penalty times its mean likeness to those
     * already taken. Two are alike in the share of trees in which they lie in one leaf.
     *
     * @param scores larger is better
     * @param leaves of each candidate, its leaf in every tree
     * @return positions in the order of choice
     */
    static List<Integer> greedy(double[] scores, int[][] leaves, double penalty, int count) {
        List<Integer> chosen = new ArrayList<>();
        double[] likeness = new double[scores.length];
        boolean[] taken = new boolean[scores.length];
        while (chosen.size() < Math.min(count, scores.length)) {
            int best = -1;
            double bestValue = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < scores.length; i++) {
                double value = scores[i] - penalty * likeness[i] / Math.max(1, chosen.size());
                if (!taken[i] && value > bestValue) {
                    best = i;
                    bestValue = value;
                }
            }
            taken[best] = true;
            chosen.add(best);
            for (int i = 0; i < scores.length; i++) {
                likeness[i] += taken[i] ? 0 : alike(leaves[i], leaves[best]);
            }
        }
        return chosen;
    }

    /** The share of trees in which both lie in one leaf. */
    static double alike(int[] left, int[] right) {
        int same = 0;
        for (int tree = 0; tree < left.length; tree++) {
            same += left[tree] == right[tree] ? 1 : 0;
        }
        return (double) same / left.length;
    }
}
