package dev.perihelion.search.forest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RandomForestPropertyTest {

    private static final ForestOptions OPTIONS = ForestOptions.standard().withTrees(8);

    @Property(tries = 60)
    void rowsInAnyOrderGiveTheSameBytes(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 120) int count,
            @ForAll @IntRange(min = 1, max = 7) int width) {
        double[][] x = RandomForestTest.rows(count, width, seed);
        double[] y = RandomForestTest.labels(x, row -> Math.sin(row[0]) + row[width - 1]);
        List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        double[][] shuffledX = order.stream().map(row -> x[row]).toArray(double[][]::new);
        double[] shuffledY = order.stream().mapToDouble(row -> y[row]).toArray();

        byte[] bytes = RandomForest.fitRegression(x, y, OPTIONS, seed).toBytes();

        assertThat(RandomForest.fitRegression(shuffledX, shuffledY, OPTIONS, seed)
                        .toBytes())
                .isEqualTo(bytes);
        if (count > 20) {
            assertThat(RandomForest.fitRegression(x, y, OPTIONS, seed + 1).toBytes())
                    .isNotEqualTo(bytes);
        }
    }

    @Property(tries = 60)
    void bytesBringTheForestBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int count) {
        double[][] x = RandomForestTest.rows(count, 4, seed);
        double[] labels = RandomForestTest.labels(x, row -> row[0] > row[1] ? 1 : 0);
        RandomForest forest = RandomForest.fitClassification(x, labels, RandomForestTest.ones(count), OPTIONS, seed);

        RandomForest back = RandomForest.fromBytes(forest.toBytes());

        assertThat(back.toBytes()).isEqualTo(forest.toBytes());
        assertThat(back.importance()).isEqualTo(forest.importance());
        for (double[] row : RandomForestTest.rows(20, 4, seed + 1)) {
            assertThat(back.predict(row)).isEqualTo(forest.predict(row));
            assertThat(back.leaves(row)).isEqualTo(forest.leaves(row));
        }
    }

    @Property(tries = 60)
    void damagedBytesAreRefused(@ForAll long seed) {
        double[][] x = RandomForestTest.rows(30, 3, seed);
        byte[] bytes = RandomForest.fitRegression(x, RandomForestTest.labels(x, row -> row[0]), OPTIONS, seed)
                .toBytes();
        int length = new SplittableRandom(seed).nextInt(bytes.length);

        assertThatThrownBy(() -> RandomForest.fromBytes(Arrays.copyOf(bytes, length)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RandomForest.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessageContaining("left over");
        bytes[4] = 2;
        assertThatThrownBy(() -> RandomForest.fromBytes(bytes)).hasMessageContaining("version 2");
    }

    @Property(tries = 60)
    void predictionsStayWithinTheLabels(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int count) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] x = RandomForestTest.rows(count, 3, seed);
        double[] y = RandomForestTest.labels(x, row -> random.nextDouble(-1000, 1000));
        RandomForest forest = RandomForest.fitRegression(x, y, OPTIONS, seed);
        double low = Arrays.stream(y).min().getAsDouble();
        double high = Arrays.stream(y).max().getAsDouble();

        double[][] probes = RandomForestTest.rows(100, 3, seed + 1);
        double[] means = new double[100];
        double[] spreads = new double[100];
        forest.predictAll(probes, means, spreads);

        for (int i = 0; i < probes.length; i++) {
            assertThat(means[i]).isBetween(low - 1e-3, high + 1e-3).isCloseTo(forest.predict(probes[i]), within(1e-6));
            assertThat(spreads[i]).isEqualTo(forest.spread(probes[i])).isNotNegative();
        }
    }
}
