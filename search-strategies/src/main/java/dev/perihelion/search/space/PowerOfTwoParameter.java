package dev.perihelion.search.space;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A power of two between two bounds, for example a block size.
 *
 * @param name where it stands
 * @param low the smallest value, a power of two
 * @param high the largest value, a power of two
 * @param start the default value
 */
public record PowerOfTwoParameter(ParameterName name, long low, long high, long start) implements Parameter {

    public PowerOfTwoParameter {
        for (long bound : new long[] {low, high, start}) {
            if (Long.bitCount(bound) != 1 || bound < 1) {
                throw new IllegalArgumentException("`" + name + "` needs powers of two, not " + bound + ".");
            }
        }
        Parameters.requireOrder(name, low, start, high);
    }

    @Override
    public String kind() {
        return "power_of_two";
    }

    @Override
    public Object defaultValue() {
        return start;
    }

    @Override
    public boolean contains(Object value) {
        return value instanceof Long number && number >= low && number <= high && Long.bitCount(number) == 1;
    }

    @Override
    public double cardinality() {
        return Long.numberOfTrailingZeros(high) - Long.numberOfTrailingZeros(low) + 1;
    }

    @Override
    public Object valueAt(long position) {
        return low << Parameters.requirePosition(this, position);
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
        return low << random.nextInt((int) cardinality());
    }

    @Override
    public List<Object> neighbours(Object value) {
        long number = (Long) Parameters.requireValue(this, value);
        List<Object> neighbours = new ArrayList<>(2);
        if (number > low) {
            neighbours.add(number / 2);
        }
        if (number < high) {
            neighbours.add(number * 2);
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
        target[offset] = Long.numberOfTrailingZeros((Long) Parameters.requireValue(this, value));
    }
}
