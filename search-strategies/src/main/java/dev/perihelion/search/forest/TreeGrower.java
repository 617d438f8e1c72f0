package dev.perihelion.search.forest;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Grows the trees of one forest, one after another, from histograms over {@link Bins}. Trees differ by their bootstrap
 * sample, kept as a count of each row, and by the features that each split may use.
 */
final class TreeGrower {

    private final Bins bins;
    private final double[] labels;
    private final double[] weights;
    private final ForestOptions options;
    private final int candidates;
    private final Nodes nodes;

    private final int[] counts;
    private final double[] rowWeights;
    private final double[] rowSums;
    private final int[] rows;
    private final int[] spare;
    private final int[] features;
    private final int[] binCounts = new int[Bins.MAX_BINS];
    private final double[] binWeights = new double[Bins.MAX_BINS];
    private final double[] binSums = new double[Bins.MAX_BINS];

    private SplittableRandom random = new SplittableRandom(0);
    private int bestFeature;
    private int bestBin;
    private double bestScore;

    /**
     * @param labels less the nodes' offset
     * @param candidates the features to look at for each split
     */
    TreeGrower(Bins bins, double[] labels, double[] weights, ForestOptions options, int candidates, Nodes nodes) {
        this.bins = bins;
        this.labels = labels;
        this.weights = weights;
        this.options = options;
        this.candidates = candidates;
        this.nodes = nodes;
        this.counts = new int[labels.length];
        this.rowWeights = new double[labels.length];
        this.rowSums = new double[labels.length];
        this.rows = new int[labels.length];
        this.spare = new int[labels.length];
        this.features = new int[bins.features()];
    }

    /** Appends one tree to the nodes. */
    void grow(long seed) {
        random = new SplittableRandom(seed);
        for (int feature = 0; feature < features.length; feature++) {
            features[feature] = feature;
        }
        nodes.startTree();
        split(0, draw(), 0);
    }

    /** The bootstrap sample: as many draws as rows. Gives how many different rows it holds. */
    private int draw() {
        Arrays.fill(counts, 0);
        for (int i = 0; i < counts.length; i++) {
            counts[random.nextInt(counts.length)]++;
        }
        int used = 0;
        for (int row = 0; row < counts.length; row++) {
            if (counts[row] > 0) {
                rows[used++] = row;
                rowWeights[row] = counts[row] * weights[row];
                rowSums[row] = rowWeights[row] * labels[row];
            }
        }
        return used;
    }

    /** Appends the node of {@code rows[start..end)} and all below it: the left child follows its parent. */
    private void split(int start, int end, int depth) {
        int drawn = 0;
        double weight = 0;
        double sum = 0;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = start; i < end; i++) {
            int row = rows[i];
            drawn += counts[row];
            weight += rowWeights[row];
            sum += rowSums[row];
            low = Math.min(low, labels[row]);
            high = Math.max(high, labels[row]);
        }
        bestFeature = -1;
        if (depth < options.maxDepth() && low < high && drawn >= 2 * options.minLeaf()) {
            findSplit(start, end, drawn, weight, sum);
        }
        if (bestFeature < 0) {
            nodes.addLeaf(clamp(sum / weight, low, high));
            return;
        }
        int node = nodes.addSplit(bestFeature, bins.cut(bestFeature, bestBin), bestScore - score(sum, weight));
        int middle = partition(start, end, bins.codes(bestFeature), bestBin);
        split(start, middle, depth + 1);
        nodes.setRight(node);
        split(middle, end, depth + 1);
    }

    /** Looks at features in random order until enough of them could split the node. */
    private void findSplit(int start, int end, int drawn, double weight, double sum) {
        bestScore = score(sum, weight);
        int useful = 0;
        for (int i = 0; i < features.length && useful < candidates; i++) {
            int other = i + random.nextInt(features.length - i);
            int feature = features[other];
            features[other] = features[i];
            features[i] = feature;
            if (bins.bins(feature) > 1 && tryFeature(feature, start, end, drawn, weight, sum)) {
                useful++;
            }
        }
    }

    /** Whether the node's rows differ in this feature; its best split is kept where it beats those before. */
    private boolean tryFeature(int feature, int start, int end, int drawn, double weight, double sum) {
        byte[] codes = bins.codes(feature);
        if (!differ(codes, start, end)) {
            return false;
        }
        if (bins.bins(feature) == 2) {
            trySwitch(feature, codes, start, end, drawn, weight, sum);
            return true;
        }
        int low = Bins.MAX_BINS;
        int high = -1;
        for (int i = start; i < end; i++) {
            int row = rows[i];
            int bin = codes[row] & 0xff;
            low = Math.min(low, bin);
            high = Math.max(high, bin);
            binCounts[bin] += counts[row];
            binWeights[bin] += rowWeights[row];
            binSums[bin] += rowSums[row];
        }
        int leftDrawn = 0;
        double leftWeight = 0;
        double leftSum = 0;
        int last = low;
        for (int bin = low; bin <= high; bin++) {
            int count = binCounts[bin];
            if (count == 0) {
                continue;
            }
            if (leftDrawn >= options.minLeaf() && drawn - leftDrawn >= options.minLeaf()) {
                double score = score(leftSum, leftWeight) + score(sum - leftSum, weight - leftWeight);
                if (score > bestScore) {
                    bestScore = score;
                    bestFeature = feature;
                    // In the middle of the ranges that no row of this node is in.
                    bestBin = (last + bin - 1) / 2;
                }
            }
            leftDrawn += count;
            leftWeight += binWeights[bin];
            leftSum += binSums[bin];
            last = bin;
            // Left clean for the next feature.
            binCounts[bin] = 0;
            binWeights[bin] = 0;
            binSums[bin] = 0;
        }
        return true;
    }

    private boolean differ(byte[] codes, int start, int end) {
        byte first = codes[rows[start]];
        for (int i = start + 1; i < end; i++) {
            if (codes[rows[i]] != first) {
                return true;
            }
        }
        return false;
    }

    /** A feature of two ranges, as most are, needs no histogram. */
    private void trySwitch(int feature, byte[] codes, int start, int end, int drawn, double weight, double sum) {
        int leftDrawn = 0;
        double leftWeight = 0;
        double leftSum = 0;
        for (int i = start; i < end; i++) {
            int row = rows[i];
            if (codes[row] == 0) {
                leftDrawn += counts[row];
                leftWeight += rowWeights[row];
                leftSum += rowSums[row];
            }
        }
        if (leftDrawn >= options.minLeaf() && drawn - leftDrawn >= options.minLeaf()) {
            double score = score(leftSum, leftWeight) + score(sum - leftSum, weight - leftWeight);
            if (score > bestScore) {
                bestScore = score;
                bestFeature = feature;
                bestBin = 0;
            }
        }
    }

    /** What a split makes larger: the part of the criterion that depends on how the rows are divided. */
    private double score(double sum, double weight) {
        if (weight <= 0) {
            return 0;
        }
        if (options.criterion() == ForestOptions.Criterion.VARIANCE) {
            return sum * sum / weight;
        }
        return likelihood(sum, weight) + likelihood(weight - sum, weight);
    }

    private static double likelihood(double part, double weight) {
        return part <= 0 ? 0 : part * Math.log(part / weight);
    }

    /** Brings the rows of the left side to the front, both sides in their old order; gives where the right side starts. */
    private int partition(int start, int end, byte[] codes, int bin) {
        int left = start;
        int right = 0;
        for (int i = start; i < end; i++) {
            int row = rows[i];
            if ((codes[row] & 0xff) <= bin) {
                rows[left++] = row;
            } else {
                spare[right++] = row;
            }
        }
        System.arraycopy(spare, 0, rows, left, right);
        return left;
    }

    private static double clamp(double value, double low, double high) {
        return Math.max(low, Math.min(high, value));
    }
}
