package dev.perihelion.search.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What it costs to reach a target, from runs of which some ended before: their cost is known to be larger than what they
 * had spent (right-censored), and neither left out nor taken for reached.
 *
 * @param runs how many
 * @param censored how many of them ended without reaching it
 * @param median by the estimator of Kaplan and Meier (1958); empty where fewer than half can be said to reach it
 * @param expected what all runs spent until they reached it or ended, divided by how many reached it: the expected cost
 *     when a run that fails is followed by another one (expected running time; Hansen et al., 2009, "Real-parameter
 *     black-box optimization benchmarking 2009: experimental setup"). Where none reached it, what all spent, a lower bound
 */
public record CostToTarget(int runs, int censored, OptionalDouble median, double expected) {

    /**
     * One run.
     *
     * @param cost until it reached the target, or until it ended
     * @param reached whether it did
     */
    public record Observation(double cost, boolean reached) {}

    /** Whether {@link #expected} is only known to be larger. */
    public boolean isLowerBound() {
        return censored == runs;
    }

    /** The share of runs that did not reach the target. */
    public double censoredShare() {
        return (double) censored / runs;
    }

    /**
     * Sums up runs.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static CostToTarget of(List<Observation> observations) {
        if (observations.isEmpty()) {
            throw new IllegalArgumentException("No runs say nothing.");
        }
        int reached = (int) observations.stream().filter(Observation::reached).count();
        double sum = observations.stream().mapToDouble(Observation::cost).sum();
        return new CostToTarget(
                observations.size(), observations.size() - reached, median(observations), sum / Math.max(1, reached));
    }

    /** The first cost at which the estimated share of runs that have not reached the target is at most a half. */
    private static OptionalDouble median(List<Observation> observations) {
        List<Observation> sorted = new ArrayList<>(observations);
        // What ended at a cost was still running there, so events come before it.
        sorted.sort(Comparator.comparingDouble(Observation::cost).thenComparing(observation -> !observation.reached()));
        double surviving = 1;
        int atRisk = sorted.size();
        for (Observation observation : sorted) {
            if (observation.reached()) {
                surviving *= (atRisk - 1.0) / atRisk;
                if (surviving <= 0.5 + 1e-12) {
                    return OptionalDouble.of(observation.cost());
                }
            }
            atRisk--;
        }
        return OptionalDouble.empty();
    }
}
