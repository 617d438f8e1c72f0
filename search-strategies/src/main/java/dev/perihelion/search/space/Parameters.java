package dev.perihelion.search.space;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Checks that the kinds of parameters share. */
final class Parameters {

    private Parameters() {}

    static void requireOrder(ParameterName name, long low, long start, long high) {
        if (low > high) {
            throw new IllegalArgumentException("`" + name + "` has no value: " + low + " is above " + high + ".");
        }
        if (start < low || start > high) {
            throw new IllegalArgumentException(
                    "The default of `" + name + "` is " + start + ", which is not within " + low + " to " + high + ".");
        }
    }

    static long requirePosition(Parameter parameter, long position) {
        if (position < 0 || position >= parameter.cardinality()) {
            throw new IllegalArgumentException("`" + parameter.name() + "` has no value number " + position + ".");
        }
        return position;
    }

    static Object requireValue(Parameter parameter, Object value) {
        if (!parameter.contains(value)) {
            throw new IllegalArgumentException(
                    value + " is not a value of the " + parameter.kind() + " `" + parameter.name() + "`.");
        }
        return value;
    }

    /** Canonical values in the given order; unlike {@link List#copyOf} this takes {@code null}. */
    static List<Object> canonical(Iterable<?> values) {
        List<Object> canonical = new ArrayList<>();
        values.forEach(value -> canonical.add(Configuration.canonical(value)));
        return Collections.unmodifiableList(canonical);
    }
}
