package dev.perihelion.search.forest;

/**
 * How a {@link RandomForest} is grown.
 *
 * @param trees how many trees vote
 * @param maxDepth splits from the root to a leaf at most
 * @param minLeaf a split leaves at least so many rows of the bootstrap sample on each side
 * @param candidates features looked at for each split; 0 stands for the usual number, which is the square root of the
 *     features for classification and a third of them for regression
 * @param criterion what a good split is
 */
public record ForestOptions(int trees, int maxDepth, int minLeaf, int candidates, Criterion criterion) {

    /** What a split makes smaller. On 0/1 labels the variance is half the Gini impurity. */
    public enum Criterion {
        /** The weighted variance of the labels. */
        VARIANCE,
        /** The weighted log loss of 0/1 labels. */
        LOG_LOSS
    }

    /** Deep enough for every tree that can learn something; deeper ones would only follow noise. */
    private static final int USUAL_DEPTH = 24;

    /** Growing recurses, so depth has a bound. */
    static final int MAX_DEPTH = 64;

    public ForestOptions {
        if (trees < 1 || minLeaf < 1 || candidates < 0) {
            throw new IllegalArgumentException(
                    "A forest needs at least 1 tree, 1 row in a leaf and no negative number of" + " candidates, not "
                            + trees + ", " + minLeaf + " and " + candidates + ".");
        }
        if (maxDepth < 1 || maxDepth > MAX_DEPTH) {
            throw new IllegalArgumentException("A tree is 1 to " + MAX_DEPTH + " splits deep, not " + maxDepth + ".");
        }
    }

    /** 100 trees with single rows as leaves, by variance. */
    public static ForestOptions standard() {
        return new ForestOptions(100, USUAL_DEPTH, 1, 0, Criterion.VARIANCE);
    }

    /** These options with another number of trees. */
    public ForestOptions withTrees(int trees) {
        return new ForestOptions(trees, maxDepth, minLeaf, candidates, criterion);
    }

    /** These options with another smallest leaf. */
    public ForestOptions withMinLeaf(int minLeaf) {
        return new ForestOptions(trees, maxDepth, minLeaf, candidates, criterion);
    }

    /** These options with another number of features looked at for each split. */
    public ForestOptions withCandidates(int candidates) {
        return new ForestOptions(trees, maxDepth, minLeaf, candidates, criterion);
    }

    /** These options with another depth. */
    public ForestOptions withMaxDepth(int maxDepth) {
        return new ForestOptions(trees, maxDepth, minLeaf, candidates, criterion);
    }

    /** These options with another criterion. */
    public ForestOptions withCriterion(Criterion criterion) {
        return new ForestOptions(trees, maxDepth, minLeaf, candidates, criterion);
    }
}
