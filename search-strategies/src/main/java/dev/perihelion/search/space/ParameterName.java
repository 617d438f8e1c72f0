package dev.perihelion.search.space;

import java.util.Comparator;
import java.util.OptionalInt;

/**
 * Where a parameter's value stands in a configuration: a key, and for list-valued keys the position in the list.
 *
 * @param key the configuration key, for example {@code block_sizes}
 * @param index the position in the key's list, or empty for a scalar key
 */
public record ParameterName(String key, OptionalInt index) implements Comparable<ParameterName> {

    private static final Comparator<ParameterName> ORDER = Comparator.comparing(ParameterName::key)
            .thenComparingInt(name -> name.index().orElse(-1));

    public ParameterName {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("A parameter needs a key.");
        }
        if (index.isPresent() && index.getAsInt() < 0) {
            throw new IllegalArgumentException("Negative index for `" + key + "`: " + index.getAsInt() + ".");
        }
    }

    /** The name of a key that holds one value. */
    public static ParameterName scalar(String key) {
        return new ParameterName(key, OptionalInt.empty());
    }

    /** The name of element {@code index} of a list-valued key. */
    public static ParameterName element(String key, int index) {
        return new ParameterName(key, OptionalInt.of(index));
    }

    @Override
    public int compareTo(ParameterName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return index.isPresent() ? key + "[" + index.getAsInt() + "]" : key;
    }
}
