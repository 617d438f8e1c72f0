package dev.perihelion.search.space;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** One dimension of a search space. Values are canonical configuration values (see {@link Configuration}). */
public sealed interface Parameter
        permits PowerOfTwoParameter,
                IntegerParameter,
                EnumParameter,
                BooleanParameter,
                PermutationParameter,
                NarrowedParameter {

    /** Where the value stands in a configuration. */
    ParameterName name();

    /** {@code power_of_two}, {@code integer}, {@code enum}, {@code boolean} or {@code permutation}. */
    String kind();

    /** The value to start from. */
    Object defaultValue();

    /** Whether {@code value} is one of this parameter's values. */
    boolean contains(Object value);

    /** How many values there are. */
    double cardinality();

    /**
     * Value number {@code position} in this parameter's fixed order.
     *
     * @param position at least 0, less than {@link #cardinality()}
     */
    Object valueAt(long position);

    /** What bounds the values, ready for JSON: {@code low} and {@code high}, {@code choices}, {@code size}, or nothing. */
    Map<String, Object> domain();

    /** A value drawn uniformly; for powers of two, uniform in the exponent. */
    Object random(RandomGenerator random);

    /** The values one step away, in a fixed order: halve/double, plus/minus one, any other choice, flip, swap. */
    List<Object> neighbours(Object value);

    /** How many numbers {@link #encode} writes. */
    int encodedWidth();

    /** Whether the values are numbers with an order among them, so that one can lie between two others. */
    default boolean isOrdered() {
        return false;
    }

    /** Writes the value as numbers for a model: log2, plain, one-hot, 0/1, positions. */
    void encode(Object value, double[] target, int offset);
}
