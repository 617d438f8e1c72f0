package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;

/**
 * Configurations as numbers for a forest: the space's encoding, but choices that are all numbers stand as their logarithm
 * or value, so that one split divides them by size; then, for each pair of sizes, the logarithm of their product. Threads,
 * elements of a tile and memory are products, which a tree of single sizes can only approach in many steps.
 */
final class Features {

    /** With more sizes than this, pairs would be most of the features. */
    private static final int MAX_SIZES = 8;

    private final List<Parameter> parameters;
    private final int[] offsets;
    private final boolean[] numeric;
    private final int[] sizes;
    private final List<int[]> pairs = new ArrayList<>();
    private final int width;

    /** With the pairs of sizes. */
    static Features withProducts(SearchSpace space) {
        return new Features(space, MAX_SIZES);
    }

    /** The space's own encoding. */
    static Features plain(SearchSpace space) {
        return new Features(space, 0);
    }

    private Features(SearchSpace space, int maxSizes) {
        this.parameters = space.parameters();
        this.offsets = new int[parameters.size() + 1];
        this.numeric = new boolean[parameters.size()];
        List<Integer> found = new ArrayList<>();
        for (int p = 0; p < parameters.size(); p++) {
            offsets[p + 1] = offsets[p]
                    + (isNumeric(parameters.get(p)) ? 1 : parameters.get(p).encodedWidth());
            if (isSize(parameters.get(p)) && found.size() < maxSizes) {
                found.add(p);
            }
        }
        this.sizes = found.stream().mapToInt(Integer::intValue).toArray();
        for (int i = 0; i < sizes.length; i++) {
            for (int j = i + 1; j < sizes.length; j++) {
                pairs.add(new int[] {sizes[i], sizes[j]});
            }
        }
        this.width = offsets[parameters.size()] + pairs.size();
    }

    int width() {
        return width;
    }

    /** The parameters that a feature tells of: one, or both factors of a product. */
    int[] parametersOf(int feature) {
        int plain = offsets[parameters.size()];
        if (feature >= plain) {
            return pairs.get(feature - plain);
        }
        int p = 0;
        while (feature >= offsets[p + 1]) {
            p++;
        }
        return new int[] {p};
    }

    double[] of(Configuration configuration) {
        return of(values(configuration));
    }

    /** The configuration's values in the order of the parameters. */
    Object[] values(Configuration configuration) {
        Object[] values = new Object[parameters.size()];
        for (int p = 0; p < values.length; p++) {
            values[p] = configuration.get(parameters.get(p).name());
        }
        return values;
    }

    double[] of(Object[] values) {
        double[] row = new double[width];
        double[] logs = new double[sizes.length];
        int size = 0;
        for (int p = 0; p < parameters.size(); p++) {
            Parameter parameter = parameters.get(p);
            Object value = values[p];
            if (numeric[p]) {
                row[offsets[p]] = ((Number) value).doubleValue();
            } else {
                parameter.encode(value, row, offsets[p]);
            }
            if (size < sizes.length && sizes[size] == p) {
                logs[size++] = Math.log(((Number) value).doubleValue()) / Math.log(2);
            }
        }
        int at = offsets[parameters.size()];
        for (int i = 0; i < logs.length; i++) {
            for (int j = i + 1; j < logs.length; j++) {
                row[at++] = logs[i] + logs[j];
            }
        }
        return row;
    }

    double[][] of(List<Configuration> configurations) {
        return configurations.stream().map(this::of).toArray(double[][]::new);
    }

    private static boolean isNumeric(Parameter parameter) {
        return parameter instanceof EnumParameter choice
                && choice.choices().size() > 2
                && choice.choices().stream().allMatch(Number.class::isInstance);
    }

    private static boolean isSize(Parameter parameter) {
        if (parameter.cardinality() < 2) {
            return false;
        }
        if (parameter instanceof IntegerParameter integer) {
            return integer.low() >= 1;
        }
        return parameter instanceof PowerOfTwoParameter
                || parameter instanceof EnumParameter choice
                        && isNumeric(parameter)
                        && choice.choices().stream().allMatch(value -> ((Number) value).doubleValue() > 0);
    }
}
