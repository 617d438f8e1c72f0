package dev.perihelion.sweep;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The default configuration and the fastest one, timed alternately in a fresh worker with a longer policy: whoever won the
 * search was partly lucky, and this is what can be promised.
 *
 * @param defaultNanos median of the default's rounds
 * @param bestNanos median of the fastest one's rounds
 * @param noise the larger relative range of the two, (max - min) / median over the rounds
 * @param bestTrial the fastest one's trial id
 */
public record Confirmation(double defaultNanos, double bestNanos, double noise, String bestTrial) {

    /** The least gain, as a fraction of the default's latency, that counts as one. */
    public static final double LEAST_GAIN = 0.01;

    /** From the rounds' medians, in nanoseconds. */
    public static Confirmation of(List<Double> defaults, List<Double> bests, String bestTrial) {
        return new Confirmation(median(defaults), median(bests), Math.max(range(defaults), range(bests)), bestTrial);
    }

    /** How much faster the fastest one is, as a fraction of the default's latency. */
    public double gain() {
        return (defaultNanos - bestNanos) / defaultNanos;
    }

    /** Whether the fastest one is the answer; else the default is. */
    public boolean accepted() {
        return gain() > Math.max(noise, LEAST_GAIN);
    }

    /** The form that is stored. */
    public String toJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("default_ns", defaultNanos);
        map.put("best_ns", bestNanos);
        map.put("noise", noise);
        map.put("best_trial", bestTrial);
        map.put("accepted", accepted());
        return Json.write(map);
    }

    /** Reads {@link #toJson()}. */
    public static Confirmation fromJson(String json) {
        Map<String, Object> map = Json.readObject(json);
        return new Confirmation(
                ((Number) map.get("default_ns")).doubleValue(),
                ((Number) map.get("best_ns")).doubleValue(),
                ((Number) map.get("noise")).doubleValue(),
                (String) map.get("best_trial"));
    }

    private static double range(List<Double> rounds) {
        double[] sorted =
                rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return (sorted[sorted.length - 1] - sorted[0]) / median(rounds);
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
