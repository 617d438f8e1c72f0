package dev.perihelion.search.forest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RandomForestTest {

    private static final ForestOptions OPTIONS = ForestOptions.standard().withTrees(30);

    @Test
    void learnsAStep() {
        double[][] x = rows(300, 5, 1);
        RandomForest forest = RandomForest.fitRegression(x, labels(x, row -> row[2] > 3 ? 10 : -2), OPTIONS, 1);

        assertThat(forest.predict(new double[] {0, 0, 6, 0, 0})).isCloseTo(10, within(0.5));
        assertThat(forest.predict(new double[] {7, 7, 1, 7, 7})).isCloseTo(-2, within(0.5));
        assertThat(forest.importance()[2]).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @EnumSource(ForestOptions.Criterion.class)
    void learnsExclusiveOr(ForestOptions.Criterion criterion) {
        double[][] x = rows(600, 4, 2);
        double[] y = labels(x, row -> row[0] > 3 ^ row[3] > 3 ? 1 : 0);
        RandomForest forest = RandomForest.fitClassification(x, y, ones(600), OPTIONS.withCriterion(criterion), 2);

        assertThat(forest.predict(new double[] {7, 4, 1, 0})).isGreaterThan(0.8);
        assertThat(forest.predict(new double[] {0, 4, 1, 7})).isGreaterThan(0.8);
        assertThat(forest.predict(new double[] {7, 4, 1, 7})).isLessThan(0.2);
        assertThat(forest.predict(new double[] {0, 4, 1, 0})).isLessThan(0.2);
    }

    @Test
    void learnsAMonotoneFunctionOfManyValues() {
        SplittableRandom random = new SplittableRandom(3);
        double[][] x = new double[2_000][];
        Arrays.setAll(x, row -> new double[] {random.nextDouble(), random.nextDouble()});
        RandomForest forest = RandomForest.fitRegression(x, labels(x, row -> Math.exp(row[0])), OPTIONS, 3);

        double before = 0;
        for (double at = 0.05; at < 1; at += 0.1) {
            double prediction = forest.predict(new double[] {at, 0.5});
            assertThat(prediction).isCloseTo(Math.exp(at), within(0.06)).isGreaterThan(before);
            before = prediction;
        }
    }

    @Test
    void largeLabelsKeepTheirDifferences() {
        double[][] x = rows(300, 3, 4);
        RandomForest forest =
                RandomForest.fitRegression(x, labels(x, row -> 1e9 + row[1]), OPTIONS.withCandidates(3), 4);

        assertThat(forest.predict(new double[] {3, 7, 3}) - forest.predict(new double[] {3, 0, 3}))
                .isCloseTo(7, within(0.7));
    }

    @Test
    void heavyRowsDecide() {
        double[][] x = new double[40][1];
        double[] y = new double[40];
        double[] weights = new double[40];
        for (int row = 0; row < 40; row++) {
            y[row] = row % 2;
            weights[row] = row % 2 == 1 ? 9 : 1;
        }

        RandomForest forest = RandomForest.fitClassification(x, y, weights, OPTIONS, 5);

        assertThat(forest.predict(new double[] {0})).isCloseTo(0.9, within(0.04));
    }

    @Test
    void constantLabelsGiveConstantTreesWithoutSpread() {
        double[][] x = rows(50, 3, 6);
        RandomForest forest = RandomForest.fitRegression(x, labels(x, row -> 4.5), OPTIONS, 6);

        assertThat(forest.predict(new double[] {1, 2, 3})).isEqualTo(4.5);
        assertThat(forest.spread(new double[] {1, 2, 3})).isZero();
        assertThat(forest.nodeCount()).isEqualTo(forest.trees());
        assertThat(forest.importance()).containsOnly(0);
    }

    @Test
    void oneRowIsEnough() {
        RandomForest forest = RandomForest.fitRegression(new double[][] {{1, 2}}, new double[] {3}, OPTIONS, 7);

        assertThat(forest.predict(new double[] {9, 9})).isEqualTo(3);
        assertThat(forest.path(0, new double[] {9, 9})).isEmpty();
    }

    @Test
    void equalRowsWithDifferentLabelsAreAveraged() {
        double[][] x = new double[400][2];
        double[] y = new double[400];
        Arrays.setAll(y, row -> row % 2);

        assertThat(RandomForest.fitRegression(x, y, OPTIONS, 8).predict(x[0])).isCloseTo(0.5, within(0.05));
    }

    @Test
    void spreadIsLargeWhereNothingWasSeen() {
        double[][] x = rows(400, 2, 9);
        for (double[] row : x) {
            row[0] = row[0] > 4 ? 7 : row[0];
        }
        RandomForest forest = RandomForest.fitRegression(x, labels(x, row -> row[0] * row[0]), OPTIONS, 9);

        assertThat(forest.spread(new double[] {5.5, 3})).isGreaterThan(10 * forest.spread(new double[] {2, 3}) + 0.01);
    }

    @Test
    void moreThan256ValuesAreBinnedByRank() {
        double[][] x = new double[3_000][1];
        Arrays.setAll(x, row -> new double[] {Math.pow(1.01, row)});
        Bins bins = Bins.of(x, IntStream.range(0, x.length).toArray());

        assertThat(bins.bins(0)).isBetween(200, 256);
        int[] sizes = new int[256];
        for (byte code : bins.codes(0)) {
            sizes[code & 0xff]++;
        }
        assertThat(Arrays.stream(sizes).max().getAsInt()).isLessThan(30);
    }

    @Test
    void pathAndLeafDescribeOneTree() {
        double[][] x = rows(300, 4, 10);
        RandomForest forest =
                RandomForest.fitRegression(x, labels(x, row -> row[1] > 3 ? 1 : 0), OPTIONS.withCandidates(4), 10);
        double[] left = {1, 0, 1, 1};
        double[] right = {1, 7, 1, 1};

        for (int tree = 0; tree < forest.trees(); tree++) {
            assertThat(forest.path(tree, left)).contains(1);
            assertThat(forest.leaf(tree, left)).isNotEqualTo(forest.leaf(tree, right));
            assertThat(forest.leaves(left)[tree]).isEqualTo(forest.leaf(tree, left));
        }
        assertThat(forest.leaf(0, left)).isEqualTo(forest.leaf(0, new double[] {1, 0, 1, 1}));
    }

    @Test
    void limitsOfDepthAndLeavesHold() {
        double[][] x = rows(500, 6, 11);
        double[] y = labels(x, row -> row[0] * 64 + row[1] * 8 + row[2]);

        RandomForest shallow = RandomForest.fitRegression(x, y, OPTIONS.withMaxDepth(2), 11);
        assertThat(shallow.nodeCount()).isLessThanOrEqualTo(7 * shallow.trees());
        RandomForest wide = RandomForest.fitRegression(x, y, OPTIONS.withMinLeaf(100), 11);
        assertThat(wide.nodeCount()).isLessThanOrEqualTo(9 * wide.trees());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void numbersThatAreNoneAreRefused(double wrong) {
        double[][] x = {{1, 2}, {3, wrong}};
        double[] ones = {1, 1};

        assertThatThrownBy(() -> RandomForest.fitRegression(x, ones, OPTIONS, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Row 1");
        assertThatThrownBy(() -> RandomForest.fitRegression(rows(2, 2, 0), new double[] {wrong, 1}, OPTIONS, 0))
                .hasMessageContaining("Row 0");
        assertThatThrownBy(
                        () -> RandomForest.fitClassification(rows(2, 2, 0), ones, new double[] {1, wrong}, OPTIONS, 0))
                .hasMessageContaining("weighs");
    }

    @Test
    void tablesThatDoNotFitAreRefused() {
        double[][] x = rows(3, 2, 0);
        double[] three = ones(3);

        assertThatThrownBy(() -> RandomForest.fitRegression(new double[0][], new double[0], OPTIONS, 0))
                .hasMessageContaining("at least one row");
        assertThatThrownBy(() -> RandomForest.fitRegression(x, ones(2), OPTIONS, 0))
                .hasMessageContaining("2 labels");
        assertThatThrownBy(() -> RandomForest.fitClassification(x, new double[] {0, 1, 2}, three, OPTIONS, 0))
                .hasMessageContaining("0 or 1");
        RandomForest forest = RandomForest.fitRegression(x, three, OPTIONS, 0);
        assertThatThrownBy(() -> forest.predict(new double[3])).hasMessageContaining("2 numbers");
        assertThatThrownBy(() -> forest.predict(new double[] {1, Double.NaN})).hasMessageContaining("NaN");
        assertThatThrownBy(() -> ForestOptions.standard().withTrees(0)).hasMessageContaining("at least 1 tree");
        assertThatThrownBy(() -> ForestOptions.standard().withMaxDepth(65)).hasMessageContaining("1 to 64");
    }

    static double[][] rows(int count, int width, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] rows = new double[count][width];
        for (double[] row : rows) {
            Arrays.setAll(row, feature -> random.nextInt(8));
        }
        return rows;
    }

    static double[] labels(double[][] rows, ToDoubleFunction<double[]> label) {
        return Arrays.stream(rows).mapToDouble(label).toArray();
    }

    static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
