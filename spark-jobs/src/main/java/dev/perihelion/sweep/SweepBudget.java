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
