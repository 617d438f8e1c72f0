package dev.perihelion.search.forest;

import java.util.Arrays;

/**
 * The nodes of all trees in flat arrays, each tree from its root in preorder: a split's left child is the next node.
 */
final class Nodes {

    private static final int LEAF = -1;

    private final double offset;
    private final float[] importance;
    private int[] roots = new int[16];
    private int trees;
    private int[] feature = new int[1024];
    private double[] threshold = new double[1024];
    private int[] right = new int[1024];
    private float[] value = new float[1024];
    private int size;

    /** @param offset what is to be added to every prediction, so that large ones keep their digits */
    Nodes(int features, double offset) {
        this.offset = offset;
        this.importance = new float[features];
    }

    void startTree() {
        if (trees == roots.length) {
            roots = Arrays.copyOf(roots, 2 * trees);
        }
        roots[trees++] = size;
    }

    void addLeaf(double prediction) {
        int node = add();
        feature[node] = LEAF;
        value[node] = (float) prediction;
    }

    /** Gives the node, whose left child is added next; {@link #setRight} is to be called before the right one. */
    int addSplit(int splitFeature, double splitThreshold, double gain) {
        int node = add();
        feature[node] = splitFeature;
        threshold[node] = splitThreshold;
        importance[splitFeature] += (float) gain;
        return node;
    }

    void setRight(int node) {
        right[node] = size;
    }

    double offset() {
        return offset;
    }

    int features() {
        return importance.length;
    }

    int trees() {
        return trees;
    }

    int size() {
        return size;
    }

    int root(int tree) {
        return roots[tree];
    }

    boolean isLeaf(int node) {
        return feature[node] == LEAF;
    }

    int feature(int node) {
        return feature[node];
    }

    double threshold(int node) {
        return threshold[node];
    }

    /** The leaf's prediction less the offset. */
    float value(int node) {
        return value[node];
    }

    /** The children's node in whose part of the space the row lies. */
    int child(int node, double[] x) {
        return x[feature[node]] <= threshold[node] ? node + 1 : right[node];
    }

    /** The leaf in which the row lies. */
    int leaf(int tree, double[] x) {
        int node = roots[tree];
        while (feature[node] >= 0) {
            node = x[feature[node]] <= threshold[node] ? node + 1 : right[node];
        }
        return node;
    }

    /** By feature: what its splits gained in sum. */
    float[] importance() {
        return importance;
    }

    private int add() {
        if (size == feature.length) {
            int longer = 2 * size;
            feature = Arrays.copyOf(feature, longer);
            threshold = Arrays.copyOf(threshold, longer);
            right = Arrays.copyOf(right, longer);
            value = Arrays.copyOf(value, longer);
        }
        return size++;
    }
}
