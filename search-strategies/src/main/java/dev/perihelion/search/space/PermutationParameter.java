package dev.perihelion.search.space;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * An order of the numbers 0 to size-1, for example of loops. A value is a list of {@link Long}; the default is ascending.
 *
 * @param name where it stands
 * @param size how many numbers are ordered, 1 to 20
 */
public record PermutationParameter(ParameterName name, int size) implements Parameter {

    /** The factorial of 20 is the last that fits a long. */
    private static final int LARGEST = 20;

    public PermutationParameter {
        if (size < 1 || size > LARGEST) {
            throw new IllegalArgumentException("`" + name + "` orders 1 to " + LARGEST + " numbers, not " + size + ".");
        }
    }

    @Override
    public String kind() {
        return "permutation";
    }

    @Override
    public Object defaultValue() {
        return identity();
    }

    @Override
    public boolean contains(Object value) {
        if (!(value instanceof List<?> list) || list.size() != size) {
            return false;
        }
        return LongStream.range(0, size).allMatch(list::contains);
    }

    @Override
    public double cardinality() {
        return factorial(size);
    }

    /** In lexicographic order: position 0 is the ascending order. */
    @Override
    public Object valueAt(long position) {
        long rest = Parameters.requirePosition(this, position);
        List<Long> left = new ArrayList<>(identity());
        List<Long> order = new ArrayList<>(size);
        for (int remaining = size - 1; remaining >= 0; remaining--) {
            long block = factorial(remaining);
            order.add(left.remove((int) (rest / block)));
            rest %= block;
        }
        return Collections.unmodifiableList(order);
    }

    @Override
    public Map<String, Object> domain() {
        return Map.of("size", (long) size);
    }

    @Override
    public Object random(RandomGenerator random) {
        List<Long> order = new ArrayList<>(identity());
        for (int i = size - 1; i > 0; i--) {
            Collections.swap(order, i, random.nextInt(i + 1));
        }
        return Collections.unmodifiableList(order);
    }

    @Override
    public List<Object> neighbours(Object value) {
        List<?> order = (List<?>) Parameters.requireValue(this, value);
        List<Object> neighbours = new ArrayList<>(size * (size - 1) / 2);
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                List<Object> swapped = new ArrayList<>(order);
                Collections.swap(swapped, i, j);
                neighbours.add(Collections.unmodifiableList(swapped));
            }
        }
        return neighbours;
    }

    @Override
    public int encodedWidth() {
        return size;
    }

    /** Writes, for each of the numbers 0 to size-1, its position in the order. */
    @Override
    public void encode(Object value, double[] target, int offset) {
        List<?> order = (List<?>) Parameters.requireValue(this, value);
        for (int i = 0; i < size; i++) {
            target[offset + ((Long) order.get(i)).intValue()] = i;
        }
    }

    private List<Long> identity() {
        return LongStream.range(0, size).boxed().toList();
    }

    private static long factorial(int n) {
        return LongStream.rangeClosed(2, n).reduce(1, (a, b) -> a * b);
    }
}
