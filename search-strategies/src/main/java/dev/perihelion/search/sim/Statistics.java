package dev.perihelion.search.sim;

import java.util.Arrays;
import java.util.List;

/** Order statistics of plain numbers. */
public final class Statistics {

    private Statistics() {}

    /**
     * The middle value; of an even count the mean of the two in the middle.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static double median(List<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** As {@link #median(List)}; sorts the array. */
    public static double median(double[] values) {
        return quantile(values, 0.5);
    }

    /**
     * The value below which a fraction of the values lies, with straight lines between neighbours. Sorts the array.
     *
     * @param fraction between 0 and 1
     */
    public static double quantile(double[] values, double fraction) {
        if (values.length == 0) {
            throw new IllegalArgumentException("No values have no median.");
        }
        Arrays.sort(values);
        double position = fraction * (values.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, values.length - 1);
        if (values[below] == values[above]) {
            return values[below];
        }
        return values[below] + (position - below) * (values[above] - values[below]);
    }
}
