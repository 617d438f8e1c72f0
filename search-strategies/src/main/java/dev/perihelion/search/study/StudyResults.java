package dev.perihelion.search.study;

import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.sim.Statistics;
import dev.perihelion.search.sim.Trajectory;
import dev.perihelion.search.study.CostToTarget.Observation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** The runs of a study, and the figures that its tables and plots show. */
public final class StudyResults {

    /** Points in time at which a performance score compares a strategy with the baseline. */
    private static final int SCORE_POINTS = 50;

    private final StudyPlan plan;
    private final Map<Group, List<StudyRun>> runs = new LinkedHashMap<>();
    private final Map<String, RandomBaseline> baselines = new LinkedHashMap<>();

    private record Group(String space, String strategy, int gpus) {}

    /** What a run spends, as a figure of interest. */
    public enum Cost {
        EVALUATIONS(Trajectory.Spent::evaluations),
        SECONDS(Trajectory.Spent::seconds),
        GPU_SECONDS(Trajectory.Spent::gpuSeconds);

        private final ToDoubleFunction<Trajectory.Spent> figure;

        Cost(ToDoubleFunction<Trajectory.Spent> figure) {
            this.figure = figure;
        }

        double of(Trajectory.Spent spent) {
            return figure.applyAsDouble(spent);
        }
    }

    /**
     * @param all the runs there are; those that the plan does not have are passed over, and those that it has may be
     *     missing as long as each combination has one
     */
    public StudyResults(StudyPlan plan, Collection<StudyRun> all) {
        this.plan = plan;
        plan.runs().forEach(key -> runs.put(new Group(key.space(), key.strategy(), key.gpus()), new ArrayList<>()));
        for (StudyRun run : all) {
            Group group =
                    new Group(run.key().space(), run.key().strategy(), run.key().gpus());
            if (runs.containsKey(group) && run.key().seed() < plan.seeds()) {
                runs.get(group).add(run);
            }
        }
        runs.values()
                .forEach(list -> list.sort(
                        Comparator.comparingLong((StudyRun run) -> run.key().seed())));
        plan.spaces().forEach(space -> baselines.put(space.name(), new RandomBaseline(space)));
    }

    /** What was asked. */
    public StudyPlan plan() {
        return plan;
    }

    /** The fewest runs that any combination has. */
    public int completeSeeds() {
        return runs.values().stream().mapToInt(List::size).min().orElse(0);
    }

    RandomBaseline baseline(Landscape space) {
        return baselines.get(space.name());
    }

    List<StudyRun> runs(Landscape space, String strategy, int gpus) {
        return runs.get(new Group(space.name(), strategy, gpus));
    }

    /** What it costs this strategy to come within a fraction of the best known: 0.05 for 5 %. */
    public CostToTarget costToWithin(Landscape space, String strategy, int gpus, double fraction, Cost cost) {
        List<Observation> observations = new ArrayList<>();
        for (StudyRun run : runs(space, strategy, gpus)) {
            var reached = run.trajectory().within(fraction);
            observations.add(
                    new Observation(cost.of(reached.orElse(run.trajectory().spent())), reached.isPresent()));
        }
        return CostToTarget.of(observations);
    }

    /** The geometric mean over the spaces of the expected cost. */
    public double meanCost(String strategy, int gpus, double fraction, Cost cost) {
        return geometricMean(plan.spaces().stream()
                .mapToDouble(space -> Math.max(
                        1e-9,
                        costToWithin(space, strategy, gpus, fraction, cost).expected()))
                .toArray());
    }

    /** The share of all runs on all spaces that did not come so near. */
    public double censoredShare(String strategy, int gpus, double fraction) {
        return plan.spaces().stream()
                .mapToDouble(space -> costToWithin(space, strategy, gpus, fraction, Cost.EVALUATIONS)
                        .censoredShare())
                .average()
                .orElseThrow();
    }

    /** On how many spaces the expected evaluations are more than random search's. */
    public long worseThanRandom(String strategy, double fraction) {
        int gpus = plan.mainGpus();
        return plan.spaces().stream()
                .filter(space -> costToWithin(space, strategy, gpus, fraction, Cost.EVALUATIONS)
                                .expected()
                        > costToWithin(space, StudyPlan.BASELINE, gpus, fraction, Cost.EVALUATIONS)
                                .expected())
                .count();
    }

    /**
     * How many times faster this many GPUs come within a fraction of the best known than the study's first number of
     * GPUs; the geometric mean over the spaces of the ratio of expected virtual times.
     */
    public double speedUp(String strategy, int gpus, double fraction) {
        return meanCost(strategy, plan.mainGpus(), fraction, Cost.SECONDS)
                / meanCost(strategy, gpus, fraction, Cost.SECONDS);
    }

    /**
     * How many times faster than the study's first number of GPUs any number of them could make a strategy: they could try
     * the quickest good configuration at once. The geometric mean over the spaces.
     */
    public double boundOfSpeedUp(String strategy, double fraction) {
        double least = geometricMean(plan.spaces().stream()
                .mapToDouble(space -> Math.max(1e-9, space.leastMillis(fraction) / 1e3))
                .toArray());
        return meanCost(strategy, plan.mainGpus(), fraction, Cost.SECONDS) / least;
    }

    /** The share of evaluations that failed, over all spaces alike. */
    public double failedShare(String strategy) {
        return plan.spaces().stream()
                .mapToDouble(space -> runs(space, strategy, plan.mainGpus()).stream()
                        .map(run -> run.trajectory().spent())
                        .mapToDouble(spent -> (double) spent.failures() / spent.evaluations())
                        .average()
                        .orElseThrow())
                .average()
                .orElseThrow();
    }

    /** What the strategy's thinking takes on this machine, in milliseconds an evaluation. */
    public double thinkingMillis(String strategy) {
        double millis = 0;
        double evaluations = 0;
        for (Landscape space : plan.spaces()) {
            for (StudyRun run : runs(space, strategy, plan.mainGpus())) {
                millis += run.realMillis();
                evaluations += run.trajectory().spent().evaluations();
            }
        }
        return millis / evaluations;
    }

    /** Quantiles of the simple regret, as fractions of the best known, after so many evaluations. */
    public double regret(Landscape space, String strategy, long evaluations, double quantile) {
        double nothing = baseline(space).nanosAfter(1);
        double[] regrets = runs(space, strategy, plan.mainGpus()).stream()
                .mapToDouble(run -> run.trajectory().latencyAfter(evaluations).orElse(nothing) / space.bestNanos() - 1)
                .toArray();
        return Statistics.quantile(regrets, quantile);
    }

    /** The mean over the spaces of {@link #score(Landscape, String)}. */
    public double score(String strategy) {
        return plan.spaces().stream()
                .mapToDouble(space -> score(space, strategy))
                .average()
                .orElseThrow();
    }

    /**
     * The performance score P of Willemsen et al., "A methodology for comparing optimization algorithms for auto-tuning",
     * FGCS 159, 2024: at equidistant points in time up to the moment when random search has come 95 % of the way from the
     * median to the best, how much of the gap between random search and the best the strategy closes; their mean. 0 is as
     * good as random search, 1 is the best from the start on, and less than 0 is worse than random search.
     *
     * <p>Random search's curve is the mean of the study's own random runs, because compiling and measuring overlap and all
     * searches begin with the default configuration; a computed curve knows of neither. Random search's own score is 0.
     */
    public double score(Landscape space, String strategy) {
        RandomBaseline baseline = baseline(space);
        Clock clock = clock(space);
        double end = baseline.cutoffEvaluations();
        int points = 0;
        double sum = 0;
        for (int point = 1; point <= SCORE_POINTS; point++) {
            double evaluations = Math.max(1, end * point / SCORE_POINTS);
            double seconds = clock.secondsAt(evaluations);
            double random = meanNanosAfter(space, StudyPlan.BASELINE, seconds);
            double found = meanNanosAfter(space, strategy, seconds);
            double open = random - space.bestNanos();
            if (open > 0) {
                sum += (random - found) / open;
                points++;
            }
        }
        return points == 0 ? 0 : sum / points;
    }

    private double meanNanosAfter(Landscape space, String strategy, double seconds) {
        double nothing = baseline(space).nanosAfter(1);
        return runs(space, strategy, plan.mainGpus()).stream()
                .mapToDouble(
                        run -> run.trajectory().latencyAfterSeconds(seconds).orElse(nothing))
                .average()
                .orElseThrow();
    }

    /** When random search has so many results: the first, and then one after the other. */
    private record Clock(double firstSeconds, double secondsEach) {

        double secondsAt(double evaluations) {
            return firstSeconds + (evaluations - 1) * secondsEach;
        }
    }

    private Clock clock(Landscape space) {
        double firsts = 0;
        double seconds = 0;
        double evaluations = 0;
        List<StudyRun> baselineRuns = runs(space, StudyPlan.BASELINE, plan.mainGpus());
        for (StudyRun run : baselineRuns) {
            Trajectory.Spent first = run.trajectory().incumbents().get(0).at();
            firsts += first.seconds();
            seconds += run.trajectory().spent().seconds() - first.seconds();
            evaluations += run.trajectory().spent().evaluations() - first.evaluations();
        }
        return new Clock(firsts / baselineRuns.size(), seconds / Math.max(1, evaluations));
    }

    /** The expected evaluations relative to random search's; the geometric mean over the spaces. */
    public double relativeToRandom(String strategy, double fraction) {
        return meanCost(strategy, plan.mainGpus(), fraction, Cost.EVALUATIONS)
                / meanCost(StudyPlan.BASELINE, plan.mainGpus(), fraction, Cost.EVALUATIONS);
    }

    /** The median of this strategy's evaluations; empty where fewer than half of the runs reach the target. */
    public OptionalDouble medianEvaluations(Landscape space, String strategy, double fraction) {
        return costToWithin(space, strategy, plan.mainGpus(), fraction, Cost.EVALUATIONS)
                .median();
    }

    static double geometricMean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += Math.log(value);
        }
        return Math.exp(sum / values.length);
    }
}
