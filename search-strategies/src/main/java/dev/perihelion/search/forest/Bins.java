package dev.perihelion.search.forest;

import java.util.Arrays;

/**
 * The rows' numbers as small codes: each feature is cut once into at most {@value #MAX_BINS} ranges, and trees look at the
 * codes alone. Most features have few values (switches, exponents, choices), so that nothing is lost; of others, each range
 * holds about as many rows.
 */
final class Bins {

    static final int MAX_BINS = 256;

    private final byte[][] codes;
    private final double[][] cuts;

    private Bins(byte[][] codes, double[][] cuts) {
        this.codes = codes;
        this.cuts = cuts;
    }

    /**
     * @param x the rows, all of one width
     * @param order the rows to take, in this order
     */
    static Bins of(double[][] x, int[] order) {
        int features = x[0].length;
        byte[][] codes = new byte[features][order.length];
        double[][] cuts = new double[features][];
        double[] column = new double[order.length];
        for (int feature = 0; feature < features; feature++) {
            for (int i = 0; i < order.length; i++) {
                // Adding 0 makes -0.0 and 0.0 one value.
                column[i] = x[order[i]][feature] + 0.0;
            }
            double[] sorted = column.clone();
            Arrays.sort(sorted);
            cuts[feature] = cut(sorted);
            for (int i = 0; i < column.length; i++) {
                codes[feature][i] = (byte) code(cuts[feature], column[i]);
            }
        }
        return new Bins(codes, cuts);
    }

    int features() {
        return cuts.length;
    }

    /** How many ranges the feature has; 1 where all rows agree. */
    int bins(int feature) {
        return cuts[feature].length + 1;
    }

    /** The rows' ranges, each to be read as an unsigned byte. */
    byte[] codes(int feature) {
        return codes[feature];
    }

    /** The number up to which, itself included, values belong to this range or an earlier one. */
    double cut(int feature, int bin) {
        return cuts[feature][bin];
    }

    private static int code(double[] cuts, double value) {
        int position = Arrays.binarySearch(cuts, value);
        return position >= 0 ? position : -position - 1;
    }

    private static double[] cut(double[] sorted) {
        double[] cuts = new double[Math.min(sorted.length, MAX_BINS) - 1];
        int distinct = 1;
        for (int i = 1; i < sorted.length; i++) {
            distinct += sorted[i] > sorted[i - 1] ? 1 : 0;
        }
        int used = 0;
        double rowsPerBin = distinct <= MAX_BINS ? 0 : (double) sorted.length / MAX_BINS;
        double next = rowsPerBin;
        for (int i = 1; i < sorted.length && used < cuts.length; i++) {
            if (sorted[i] > sorted[i - 1] && i >= next) {
                cuts[used++] = between(sorted[i - 1], sorted[i]);
                next = Math.max(next + rowsPerBin, i + rowsPerBin / 2);
            }
        }
        return Arrays.copyOf(cuts, used);
    }

    /** The middle, at least {@code low} and less than {@code high}. */
    private static double between(double low, double high) {
        double middle = low / 2 + high / 2;
        return middle >= low && middle < high ? middle : low;
    }
}
