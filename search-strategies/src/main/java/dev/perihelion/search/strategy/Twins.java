package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Guesses which untried configurations are the same program as a tried one. Many parameters have no effect on many kernels, and a
 * model, to which such configurations are all alike, would propose one after another of them: of 400 trials of a softmax on an
 * H100, 286 were duplicates before.
 *
 * <p>Each duplicate that was told tells that what it and its original differ in made no difference. Each pair of different programs
 * that differ in one parameter tells that this one does. A parameter with much of the first kind and little of the second is
 * ignored. Some matter beside other values only, so now and then one is heard again.
 */
final class Twins {

    /** How many times evidence for an effect outweighs evidence against one. */
    private static final int WEIGHT_OF_EFFECT = 4;

    /** Without so many duplicates a parameter is not ignored. */
    private static final int FEWEST = 2;

    /** How often one parameter is heard whatever the evidence says. */
    private static final double DOUBT = 0.25;

    /** Trials that are looked at for effects, the latest ones. */
    private static final int LOOKED_AT = 1000;

    private final Features features;
    private final boolean[] ignored;
    private final boolean ignoresAny;
    private final Set<Object> known = new HashSet<>();

    private Twins(Features features, boolean[] ignored) {
        this.features = features;
        this.ignored = ignored;
        boolean any = false;
        for (boolean one : ignored) {
            any |= one;
        }
        this.ignoresAny = any;
    }

    /**
     * What trials in the order of telling say.
     *
     * @param random decides what is let through in spite of the evidence
     */
    static Twins of(List<TrialLog.Known> trials, Features features, SplittableRandom random) {
        Object[][] values = new Object[trials.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = features.values(trials.get(i).configuration());
        }
        int width = values.length == 0 ? 0 : values[0].length;
        int[] without = duplicates(trials, values, width);
        int[] with = effects(trials, values, width, without);
        boolean[] ignored = new boolean[width];
        for (int p = 0; p < width; p++) {
            ignored[p] = without[p] >= FEWEST && without[p] > WEIGHT_OF_EFFECT * with[p];
        }
        if (width > 0 && random.nextDouble() < DOUBT) {
            ignored[random.nextInt(width)] = false;
        }
        Twins twins = new Twins(features, ignored);
        trials.forEach(trial -> twins.known.add(twins.program(trial.configuration())));
        return twins;
    }

    /** For each parameter: duplicates that differ from their original in it. */
    private static int[] duplicates(List<TrialLog.Known> trials, Object[][] values, int width) {
        // Latencies are medians of many readings in nanoseconds: those of two programs are hardly ever equal.
        Map<Double, Object[]> originals = new HashMap<>();
        int[] count = new int[width];
        for (int i = 0; i < values.length; i++) {
            if (trials.get(i).latencyNanos().isEmpty()) {
                continue;
            }
            double latency = trials.get(i).latencyNanos().getAsDouble();
            if (trials.get(i).result().outcome() != Outcome.DUPLICATE) {
                originals.putIfAbsent(latency, values[i]);
                continue;
            }
            Object[] original = originals.get(latency);
            for (int p = 0; original != null && p < width; p++) {
                if (!Objects.equals(original[p], values[i][p])) {
                    count[p]++;
                }
            }
        }
        return count;
    }

    /** For each parameter that may be ignored: different programs that differ in it alone. */
    private static int[] effects(List<TrialLog.Known> trials, Object[][] values, int width, int[] asked) {
        int[] count = new int[width];
        Map<List<Object>, Double> lines = new HashMap<>();
        for (int i = Math.max(0, values.length - LOOKED_AT); i < values.length; i++) {
            if (trials.get(i).latencyNanos().isEmpty()) {
                continue;
            }
            double latency = trials.get(i).latencyNanos().getAsDouble();
            for (int p = 0; p < width; p++) {
                if (asked[p] < FEWEST) {
                    continue;
                }
                Object[] line = Arrays.copyOf(values[i], width + 1);
                line[p] = null;
                line[width] = p;
                Double other = lines.putIfAbsent(Arrays.asList(line), latency);
                if (other != null && other != latency) {
                    count[p]++;
                }
            }
        }
        return count;
    }

    /** What equals for configurations of one program, as far as that can be guessed. */
    Object program(Configuration configuration) {
        if (!ignoresAny) {
            return configuration;
        }
        Object[] heard = features.values(configuration);
        for (int p = 0; p < heard.length; p++) {
            if (ignored[p]) {
                heard[p] = null;
            }
        }
        return Arrays.asList(heard);
    }

    /** Whether a configuration is a new program; if so it is known from now on. */
    boolean add(Configuration configuration) {
        return known.add(program(configuration));
    }
}
