package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Configurations as numbers for a forest: the space's encoding, but choices that are all numbers stand as their logarithm
 * or value, so that one split divides them by size; then, for each pair of sizes, the logarithm of their product. Threads,
 * elements of a tile and memory are products, which a tree of single sizes can only approach in many steps.
 */
final class Features {

    /** With more sizes than this, pairs would be most of the features. */
    private static final int MAX_SIZES = 8;

    /** So many values of a parameter are remembered as numbers. */
    private static final int MAX_REMEMBERED = 1000;

    private final SearchSpace space;
    private final List<Parameter> parameters;
    private final int[] offsets;
    private final boolean[] numeric;
    private final List<int[]> pairs = new ArrayList<>();
    private final int width;

    /** For each parameter the numbers of its values; a cache, so that a strategy's own instance is not shared by threads. */
    private final List<Map<Object, double[]>> encoded = new ArrayList<>();

    private final Map<Configuration, double[]> rows = new HashMap<>();

    /** With the pairs of sizes. */
    static Features withProducts(SearchSpace space) {
        return new Features(space, MAX_SIZES);
    }

    /** The space's own encoding. */
    static Features plain(SearchSpace space) {
        return new Features(space, 0);
    }

    private Features(SearchSpace space, int maxSizes) {
        this.space = space;
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
        for (int i = 0; i < found.size(); i++) {
            for (int j = i + 1; j < found.size(); j++) {
                pairs.add(new int[] {found.get(i), found.get(j)});
            }
        }
        parameters.forEach(parameter -> encoded.add(new HashMap<>()));
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

    /** The configuration's numbers, not to be changed. */
    double[] of(Configuration configuration) {
        if (!space.isListed()) {
            return of(values(configuration));
        }
        // Of a list, which is small, the same few come up again and again.
        double[] known = rows.get(configuration);
        if (known == null) {
            known = of(values(configuration));
            rows.put(configuration, known);
        }
        return known;
    }

    /** The configuration's values in the order of the parameters. */
    Object[] values(Configuration configuration) {
        return space.values(configuration);
    }

    double[] of(Object[] values) {
        double[] row = new double[width];
        for (int p = 0; p < values.length; p++) {
            System.arraycopy(numbers(p, values[p]), 0, row, offsets[p], offsets[p + 1] - offsets[p]);
        }
        for (int pair = 0; pair < pairs.size(); pair++) {
            setProduct(row, values, pair);
        }
        return row;
    }

    /** Brings the row of these values, of which one parameter's has changed, up to date. */
    void update(double[] row, Object[] values, int parameter) {
        System.arraycopy(
                numbers(parameter, values[parameter]),
                0,
                row,
                offsets[parameter],
                offsets[parameter + 1] - offsets[parameter]);
        for (int pair = 0; pair < pairs.size(); pair++) {
            if (pairs.get(pair)[0] == parameter || pairs.get(pair)[1] == parameter) {
                setProduct(row, values, pair);
            }
        }
    }

    private void setProduct(double[] row, Object[] values, int pair) {
        int[] factors = pairs.get(pair);
        row[offsets[parameters.size()] + pair] = log2(values[factors[0]]) + log2(values[factors[1]]);
    }

    private static double log2(Object value) {
        return Math.log(((Number) value).doubleValue()) / Math.log(2);
    }

    /** One parameter's numbers, not to be changed. */
    private double[] numbers(int parameter, Object value) {
        double[] known = encoded.get(parameter).get(value);
        if (known != null) {
            return known;
        }
        double[] made = new double[offsets[parameter + 1] - offsets[parameter]];
        if (numeric[parameter]) {
            made[0] = ((Number) value).doubleValue();
        } else {
            parameters.get(parameter).encode(value, made, 0);
        }
        if (encoded.get(parameter).size() < MAX_REMEMBERED) {
            encoded.get(parameter).put(value, made);
        }
        return made;
    }

    double[][] of(List<Configuration> configurations) {
        double[][] all = new double[configurations.size()][];
        for (int i = 0; i < all.length; i++) {
            all[i] = of(configurations.get(i));
        }
        return all;
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
