package dev.perihelion.compiler.speed;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.forest.RandomForest;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.strategy.SearchStrategy;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What thinking costs in a long search of a large space, on one thread. {@code bench/jmh.sh Search} runs it. */
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SearchBenchmark {

    private static final int TRIALS = 2_000;
    private static final int ASKED = 64;

    /** Many trials of attention's space, and a strategy's name. */
    @State(Scope.Thread)
    public static class Trials {

        /** The strategy. */
        @Param({"bandit", "lfbo", "bayes", "lfbo-tree"})
        public String name = "lfbo";

        private SearchSpace space;
        private List<Trial> trials;

        /** Draws the trials. */
        @Setup
        public void draw() throws IOException {
            CompilerBenchmark kernel = new CompilerBenchmark();
            kernel.kernel = "attention";
            kernel.read();
            space = kernel.analysis().space();
            SplittableRandom random = new SplittableRandom(1);
            trials = random.longs(TRIALS)
                    .mapToObj(salt -> trial(space.random(new SplittableRandom(salt)), salt))
                    .toList();
        }

        SearchStrategy told() {
            SearchStrategy strategy = Strategies.create(name, space, 0);
            trials.forEach(strategy::tell);
            return strategy;
        }

        private static Trial trial(Configuration point, long salt) {
            double[] numbers = {
                1 + Math.floorMod(point.values().get("block_sizes").hashCode(), 97), salt & 15
            };
            TrialResult result = (salt & 7) == 0
                    ? TrialResult.failed(Outcome.OUT_OF_RESOURCES, "made up")
                    : TrialResult.measured(10_000 * (numbers[0] + numbers[1] / 16));
            return new Trial(salt, point, "benchmark", result);
        }
    }

    /** A strategy that was told them all; each call finds it as if its last trial were new. */
    @State(Scope.Thread)
    public static class LongSearch extends Trials {

        private SearchStrategy strategy;

        /** A fresh instance, because one that was asked remembers its answer. */
        @Setup(Level.Invocation)
        public void tell() {
            strategy = told();
        }
    }

    /** Rows of random numbers. */
    @State(Scope.Thread)
    public static class Table {

        private static final int WIDTH = 40;
        private final double[][] rows = new double[TRIALS][];
        private final double[] labels = new double[TRIALS];

        /** Draws the rows. */
        @Setup
        public void draw() {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < TRIALS; i++) {
                rows[i] = random.doubles(WIDTH).map(x -> Math.floor(8 * x)).toArray();
                labels[i] = rows[i][0] * rows[i][1] + rows[i][2] + random.nextDouble();
            }
        }
    }

    /** 64 proposals when 2,000 trials were told and nothing is under way. */
    @Benchmark
    public List<Suggestion> ask(LongSearch search) {
        return search.strategy.ask(ASKED, List.of());
    }

    /** Telling 2,000 trials to a fresh strategy. */
    @Benchmark
    public SearchStrategy tell(Trials trials) {
        return trials.told();
    }

    /** 100 trees of 2,000 rows with 40 numbers. */
    @Benchmark
    public RandomForest fit(Table table) {
        return RandomForest.fitRegression(table.rows, table.labels, ForestOptions.standard(), 1);
    }
}
