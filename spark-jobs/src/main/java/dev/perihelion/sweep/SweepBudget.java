package dev.perihelion.sweep;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * When a whole sweep ends, whatever the {@link Budget budgets} of its tasks still allow: at whichever limit comes first. Then no
 * task asks for more, and each compares and stores what it has.
 *
 * @param evaluations most trials over all tasks, the default configurations and those of earlier runs included; empty for no
 *     limit
 * @param minutes most wall time of one run of the sweep, from its first task's start; empty for no limit
 */
public record SweepBudget(OptionalLong evaluations, OptionalDouble minutes) {

    /** No limit but those of the tasks. */
    public static final SweepBudget NONE = new SweepBudget(OptionalLong.empty(), OptionalDouble.empty());

    public SweepBudget {
        if (evaluations.isPresent() && evaluations.getAsLong() < 1
                || minutes.isPresent() && !(minutes.getAsDouble() > 0 && Double.isFinite(minutes.getAsDouble()))) {
            throw new IllegalArgumentException(
                    "A sweep's budget needs at least 1 evaluation and more than 0 minutes, not " + evaluations + " and "
                            + minutes + ".");
        }
    }

    /**
     * Reads the command line's form: {@code 20000} evaluations, {@code 90min}, {@code 8h}, or both as {@code 20000,8h}.
     *
     * @throws IllegalArgumentException saying what to write
     */
    public static SweepBudget parse(String text) {
        Budget read;
        try {
            read = Budget.parse(text);
        } catch (IllegalArgumentException e) {
            throw unreadable(text, e);
        }
        if (Double.isFinite(read.gpuSeconds())) {
            throw unreadable(text, null);
        }
        return new SweepBudget(
                read.evaluations() == Integer.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(read.evaluations()),
                Double.isFinite(read.wallSeconds())
                        ? OptionalDouble.of(read.wallSeconds() / 60)
                        : OptionalDouble.empty());
    }

    private static IllegalArgumentException unreadable(String text, Throwable cause) {
        return new IllegalArgumentException(
                "Cannot read the sweep's budget `" + text
                        + "`. Write a number of evaluations, as `20000`, a time, as `90min` or `8h`, or both: `20000,8h`.",
                cause);
    }

    /** Whether nothing is limited. */
    public boolean isNone() {
        return equals(NONE);
    }

    /** The form that is stored; absent keys mean no limit. */
    public Map<String, Object> toJsonMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        evaluations.ifPresent(number -> map.put("evaluations", number));
        minutes.ifPresent(number -> map.put("minutes", number));
        return map;
    }

    /** Reads {@link #toJsonMap()}. */
    public static SweepBudget fromJsonMap(Map<?, ?> map) {
        return new SweepBudget(
                map.get("evaluations") instanceof Number number
                        ? OptionalLong.of(number.longValue())
                        : OptionalLong.empty(),
                map.get("minutes") instanceof Number number
                        ? OptionalDouble.of(number.doubleValue())
                        : OptionalDouble.empty());
    }
}
