package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a model learns from: the first so many trials as rows of numbers. Of many trials the fastest and the latest are
 * kept, so that learning does not become dearer for ever; what was slow long ago tells little of where the best is.
 */
final class Knowledge {

    /** So many trials are learnt from at most, half of them the fastest. */
    static final int MAX_ROWS = 600;

    private final List<TrialLog.Known> trials;
    private final List<Configuration> fastest;
    private final double[][] rows;
    private final boolean[] works;
    private final double[] logNanos;

    /** @param trials in the order of telling, each configuration once */
    Knowledge(List<TrialLog.Known> trials, Features features) {
        this.trials = trials;
        List<TrialLog.Known> sorted = trials.stream()
                .filter(trial -> trial.latencyNanos().isPresent())
                .sorted(Comparator.comparingDouble(trial -> trial.latencyNanos().getAsDouble()))
                .toList();
        fastest = sorted.stream().map(TrialLog.Known::configuration).toList();
        List<TrialLog.Known> used = trials.size() <= MAX_ROWS ? trials : thinned(trials, sorted);
        rows = features.of(used.stream().map(TrialLog.Known::configuration).toList());
        works = new boolean[rows.length];
        logNanos = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            works[i] = used.get(i).latencyNanos().isPresent();
            logNanos[i] = works[i] ? Math.log(used.get(i).latencyNanos().getAsDouble()) : Double.NaN;
        }
    }

    private static List<TrialLog.Known> thinned(List<TrialLog.Known> trials, List<TrialLog.Known> sorted) {
        Set<Configuration> best = new HashSet<>();
        sorted.stream().limit(MAX_ROWS / 2).forEach(trial -> best.add(trial.configuration()));
        List<TrialLog.Known> used = new ArrayList<>();
        for (int i = trials.size() - 1; i >= 0; i--) {
            boolean fast = best.remove(trials.get(i).configuration());
            if (fast || used.size() + best.size() < MAX_ROWS) {
                used.add(trials.get(i));
            }
        }
        return used;
    }

    /** Which configurations are probably the same program as one of these trials. */
    Twins twins(Features features, SplittableRandom random) {
        return Twins.of(trials, features, random);
    }

    /** The configurations that have a latency, the fastest first. */
    List<Configuration> fastest() {
        return fastest;
    }

    /** All rows, failures included. */
    double[][] rows() {
        return rows;
    }

    /** For each row 1 if it has a latency, 0 if it failed. */
    double[] worksLabels() {
        double[] labels = new double[rows.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = works[i] ? 1 : 0;
        }
        return labels;
    }

    /** Whether some of the rows failed. */
    boolean hasFailures() {
        for (boolean ok : works) {
            if (!ok) {
                return true;
            }
        }
        return false;
    }

    /** The rows that have a latency. */
    double[][] workingRows() {
        List<double[]> working = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            if (works[i]) {
                working.add(rows[i]);
            }
        }
        return working.toArray(double[][]::new);
    }

    /** The natural logarithms of the latencies of {@link #workingRows}. */
    double[] workingLogNanos() {
        return Arrays.stream(logNanos).filter(value -> !Double.isNaN(value)).toArray();
    }
}
