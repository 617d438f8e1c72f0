package dev.perihelion.sweep;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When the search of one tuning task ends: at whichever limit comes first. When a time is over, nothing more is asked for, and
 * what is under way gets two seconds to end. The number of evaluations is never passed.
 *
 * @param evaluations most trials, the default configuration included; at least 1
 * @param gpuSeconds most time spent in measuring, over all GPUs; infinite for no limit
 * @param wallSeconds most time of searching; where several tasks search at once, each second is divided among them; infinite for
 *     no limit
 */
public record Budget(int evaluations, double gpuSeconds, double wallSeconds) {

    /** What a task gets when nothing is said: 200 evaluations. */
    public static final Budget DEFAULT = ofEvaluations(200);

    private static final Pattern PART =
            Pattern.compile("\\s*(\\d+(?:\\.\\d+)?)\\s*(gpu-s|gpu-seconds|s|seconds|min|m|h|)\\s*");

    public Budget {
        if (evaluations < 1 || !(gpuSeconds > 0) || !(wallSeconds > 0)) {
            throw new IllegalArgumentException("A budget needs at least 1 evaluation and more than 0 seconds, not "
                    + evaluations + ", " + gpuSeconds + " GPU seconds and " + wallSeconds + " seconds.");
        }
    }

    /** So many trials, however long they take. */
    public static Budget ofEvaluations(int evaluations) {
        return new Budget(evaluations, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /**
     * Reads the command line's form: {@code 400} evaluations, {@code 90s}, {@code 10min}, {@code 1h}, {@code 60gpu-s}, or several
     * of them between commas.
     *
     * @throws IllegalArgumentException saying what to write
     */
    public static Budget parse(String text) {
        Integer evaluations = null;
        double gpuSeconds = Double.POSITIVE_INFINITY;
        double wallSeconds = Double.POSITIVE_INFINITY;
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw unreadable(text);
            }
            double amount = Double.parseDouble(matcher.group(1));
            switch (matcher.group(2)) {
                case "" -> {
                    if (amount != Math.rint(amount) || amount > Integer.MAX_VALUE) {
                        throw unreadable(text);
                    }
                    evaluations = (int) amount;
                }
                case "gpu-s", "gpu-seconds" -> gpuSeconds = amount;
                case "m", "min" -> wallSeconds = amount * 60;
                case "h" -> wallSeconds = amount * 3600;
                default -> wallSeconds = amount;
            }
        }
        // A limit in time alone asks for as many trials as fit.
        return new Budget(evaluations == null ? Integer.MAX_VALUE : evaluations, gpuSeconds, wallSeconds);
    }

    /** The form that is stored; absent keys mean no limit. */
    public Map<String, Object> toJsonMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("evaluations", evaluations);
        if (Double.isFinite(gpuSeconds)) {
            map.put("gpu_seconds", gpuSeconds);
        }
        if (Double.isFinite(wallSeconds)) {
            map.put("seconds", wallSeconds);
        }
        return map;
    }

    /** Reads {@link #toJsonMap()}. */
    public static Budget fromJsonMap(Map<?, ?> map) {
        return new Budget(
                ((Number) map.get("evaluations")).intValue(),
                map.get("gpu_seconds") instanceof Number number ? number.doubleValue() : Double.POSITIVE_INFINITY,
                map.get("seconds") instanceof Number number ? number.doubleValue() : Double.POSITIVE_INFINITY);
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException(
                "Cannot read the budget `" + text
                        + "`. Write a number of evaluations, as `400`, a time, as `90s`, `10min` or `60gpu-s`, or both: `400,10min`.");
    }
}
