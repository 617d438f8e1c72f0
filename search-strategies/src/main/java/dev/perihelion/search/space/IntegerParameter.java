package dev.perihelion.search.space;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A whole number between two bounds, for example a number of pipeline stages.
 *
 * @param name where it stands
 * @param low the smallest value
 * @param high the largest value
 * @param start the default value
 */
public record IntegerParameter(ParameterName name, long low, long high, long start) implements Parameter {

    /** Beyond this a whole number is not exact as a double, which models use. */
    private static final long LARGEST = 1L << 53;

    public IntegerParameter {
        if (low < -LARGEST || high > LARGEST) {
            throw new IllegalArgumentException(
                    "The bounds of `" + name + "` are beyond 2^53: " + low + " and " + high + ".");
        }
        Parameters.requireOrder(name, low, start, high);
    }

    @Override
    public String kind() {
        return "integer";
    }

    @Override
    public Object defaultValue() {
        return start;
    }

    @Override
    public boolean contains(Object value) {
        return value instanceof Long number && number >= low && number <= high;
    }

    @Override
    public double cardinality() {
        return high - low + 1;
    }

    @Override
    public Object valueAt(long position) {
        return low + Parameters.requirePosition(this, position);
    }

    @Override
    public Map<String, Object> domain() {
        Map<String, Object> domain = new LinkedHashMap<>();
        domain.put("low", low);
        domain.put("high", high);
        return domain;
    }

    @Override
    public Object random(RandomGenerator random) {
        return random.nextLong(low, high + 1);
    }

    @Override
    public List<Object> neighbours(Object value) {
        long number = (Long) Parameters.requireValue(this, value);
        List<Object> neighbours = new ArrayList<>(2);
        if (number > low) {
            neighbours.add(number - 1);
        }
        if (number < high) {
            neighbours.add(number + 1);
        }
        return neighbours;
    }

    @Override
    public boolean isOrdered() {
        return true;
    }

    @Override
    public int encodedWidth() {
        return 1;
    }

    @Override
    public void encode(Object value, double[] target, int offset) {
        target[offset] = (Long) Parameters.requireValue(this, value);
    }
}
