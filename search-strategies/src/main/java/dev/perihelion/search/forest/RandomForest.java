package dev.perihelion.search.forest;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A random forest for regression, or for classification of 0/1 labels, where it predicts the share of 1. Immutable.
 *
 * <p>The same rows in any order, options and seed give the same forest bit by bit: rows are brought to an order of their
 * own before chance comes in, and each tree has its own seed.
 */
public final class RandomForest {

    /** Rows are predicted in blocks that stay in the processor's first cache while the trees go by. */
    private static final int BLOCK = 64;

    private final Nodes nodes;

    RandomForest(Nodes nodes) {
        this.nodes = nodes;
    }

    /**
     * Learns numbers.
     *
     * @param x the rows: at least 1, all of one width, finite
     * @param y a finite label for each row
     * @throws IllegalArgumentException if a number is not finite or a length does not fit
     */
    public static RandomForest fitRegression(double[][] x, double[] y, ForestOptions options, long seed) {
        double[] weights = new double[y.length];
        Arrays.fill(weights, 1);
        int width = x.length == 0 ? 0 : x[0].length;
        int candidates = options.candidates() > 0 ? options.candidates() : (width + 2) / 3;
        // Around their mean, so that squares of large labels keep their digits.
        double mean = Arrays.stream(y).sorted().average().orElse(0);
        return fit(x, y, mean, weights, options, candidates, seed);
    }

    /**
     * Learns which rows are of class 1.
     *
     * @param labels 0 or 1 for each row
     * @param weights how much each row counts, above 0
     * @throws IllegalArgumentException if a number is not finite, a label is neither 0 nor 1 or a length does not fit
     */
    public static RandomForest fitClassification(
            double[][] x, double[] labels, double[] weights, ForestOptions options, long seed) {
        for (double label : labels) {
            if (label != 0 && label != 1) {
                throw new IllegalArgumentException("A class is 0 or 1, not " + label + ".");
            }
        }
        int width = x.length == 0 ? 0 : x[0].length;
        int candidates = options.candidates() > 0 ? options.candidates() : (int) Math.ceil(Math.sqrt(width));
        return fit(x, labels, 0, weights, options, candidates, seed);
    }

    private static RandomForest fit(
            double[][] x,
            double[] y,
            double offset,
            double[] weights,
            ForestOptions options,
            int candidates,
            long seed) {
        requireTable(x, y, weights);
        int[] order = IntStream.range(0, x.length)
                .boxed()
                .sorted(Comparator.<Integer, double[]>comparing(row -> x[row], Arrays::compare)
                        .thenComparingDouble(row -> y[row])
                        .thenComparingDouble(row -> weights[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] sortedLabels =
                Arrays.stream(order).mapToDouble(row -> y[row] - offset).toArray();
        double[] sortedWeights =
                Arrays.stream(order).mapToDouble(row -> weights[row]).toArray();
        Nodes nodes = new Nodes(x[0].length, offset);
        TreeGrower grower =
                new TreeGrower(Bins.of(x, order), sortedLabels, sortedWeights, options, Math.max(1, candidates), nodes);
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int tree = 0; tree < options.trees(); tree++) {
            grower.grow(seeds.nextLong());
        }
        return new RandomForest(nodes);
    }

    /** How many trees there are. */
    public int trees() {
        return nodes.trees();
    }

    /** How many numbers a row has. */
    public int features() {
        return nodes.features();
    }

    /** How many nodes all trees have together, leaves included. */
    public int nodeCount() {
        return nodes.size();
    }

    /** The mean of the trees' predictions for a row. */
    public double predict(double[] x) {
        double[] mean = new double[1];
        predictAll(new double[][] {x}, mean, new double[1]);
        return mean[0];
    }

    /** {@link #predict} for many rows at once, which is faster. */
    public double[] predictAll(double[][] x) {
        double[] means = new double[x.length];
        predictAll(x, means, new double[x.length]);
        return means;
    }

    /**
     * Predictions and their spreads for many rows at once.
     *
     * @param means receives {@link #predict} of each row
     * @param spreads receives {@link #spread} of each row
     */
    public void predictAll(double[][] x, double[] means, double[] spreads) {
        for (double[] row : x) {
            requireRow(row);
        }
        Arrays.fill(means, 0);
        Arrays.fill(spreads, 0);
        for (int start = 0; start < x.length; start += BLOCK) {
            int end = Math.min(x.length, start + BLOCK);
            for (int tree = 0; tree < trees(); tree++) {
                for (int row = start; row < end; row++) {
                    double value = nodes.value(nodes.leaf(tree, x[row]));
                    // The running mean and sum of squares (Welford, 1962), so that large labels lose no digits.
                    double delta = value - means[row];
                    means[row] += delta / (tree + 1);
                    spreads[row] += delta * (value - means[row]);
                }
            }
        }
        for (int row = 0; row < x.length; row++) {
            means[row] += nodes.offset();
            spreads[row] /= trees();
        }
    }

    /** The prediction of one tree. */
    public double predictTree(int tree, double[] x) {
        return nodes.offset() + nodes.value(nodes.leaf(tree, x));
    }

    /** The variance of the trees' predictions: where the trees disagree, the forest knows little. */
    public double spread(double[] x) {
        double[] spread = new double[1];
        predictAll(new double[][] {x}, new double[1], spread);
        return spread[0];
    }

    /** The leaf of this tree in which the row lies: two rows in the same leaf are alike for the tree. */
    public int leaf(int tree, double[] x) {
        requireRow(x);
        return nodes.leaf(tree, x) - nodes.root(tree);
    }

    /** The row's leaf in every tree. */
    public int[] leaves(double[] x) {
        requireRow(x);
        int[] leaves = new int[trees()];
        for (int tree = 0; tree < leaves.length; tree++) {
            leaves[tree] = nodes.leaf(tree, x) - nodes.root(tree);
        }
        return leaves;
    }

    /** The features that this tree tests on the row's way from the root to its leaf; one may stand there repeatedly. */
    public int[] path(int tree, double[] x) {
        requireRow(x);
        IntStream.Builder path = IntStream.builder();
        int node = nodes.root(tree);
        while (!nodes.isLeaf(node)) {
            path.add(nodes.feature(node));
            node = nodes.child(node, x);
        }
        return path.build().toArray();
    }

    /** What each feature contributes to the forest's knowledge, 0 and more, in sum 1; all 0 if nothing was learnt. */
    public double[] importance() {
        float[] gains = nodes.importance();
        double sum = 0;
        for (float gain : gains) {
            sum += gain;
        }
        double[] shares = new double[gains.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = sum > 0 ? gains[i] / sum : 0;
        }
        return shares;
    }

    /** The forest as bytes, equal for equal forests. */
    public byte[] toBytes() {
        return ForestBytes.write(nodes);
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException if the bytes are no forest, are damaged or of a version that is not known
     */
    public static RandomForest fromBytes(byte[] bytes) {
        return new RandomForest(ForestBytes.read(bytes));
    }

    private void requireRow(double[] x) {
        if (x.length != features()) {
            throw new IllegalArgumentException(
                    "The forest knows rows of " + features() + " numbers, this one has " + x.length + ".");
        }
        double sum = 0;
        for (double number : x) {
            // Of whatever is a number, 0; of an infinite one or none, none. One check at the end is faster than one for
            // each.
            sum += number * 0;
        }
        for (int i = 0; i < x.length && sum != 0; i++) {
            if (Double.isNaN(x[i])) {
                throw new IllegalArgumentException(
                        "A row has NaN, for which no tree knows a side; encode it as a number.");
            }
        }
    }

    private static void requireTable(double[][] x, double[] y, double[] weights) {
        if (x.length == 0 || x[0].length == 0) {
            throw new IllegalArgumentException("A forest needs at least one row of at least one number.");
        }
        if (y.length != x.length || weights.length != x.length) {
            throw new IllegalArgumentException("There are " + x.length + " rows, " + y.length + " labels and "
                    + weights.length + " weights; each row needs one of each.");
        }
        for (int row = 0; row < x.length; row++) {
            if (x[row].length != x[0].length) {
                throw new IllegalArgumentException("Row " + row + " has " + x[row].length + " numbers, the first one "
                        + x[0].length + "; all need the same.");
            }
            for (double number : x[row]) {
                requireFinite(number, row);
            }
            requireFinite(y[row], row);
            if (!(weights[row] > 0 && weights[row] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "Row " + row + " weighs " + weights[row] + "; leave it out or give it a weight above 0.");
            }
        }
    }

    private static void requireFinite(double number, int row) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("Row " + row + " has the number " + number
                    + "; a forest learns from finite" + " numbers, so leave failures out or give them a class.");
        }
    }
}
