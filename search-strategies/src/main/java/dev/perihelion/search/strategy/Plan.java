package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The configurations that a model thinks best of, from which proposals are taken until the model learns again.
 */
final class Plan {

    /** So many are kept, each kind apart. */
    private static final int KEPT = 400;

    /** The best of the pool have their neighbours looked at too, so often and so many. */
    private static final int ROUNDS = 2;

    private static final int CLIMBERS = 10;

    private final int trials;
    private final Features features;
    private final Promise promise;
    private final Twins twins;
    private final List<Point> points = new ArrayList<>();
    private final int[][] leaves;

    private record Point(Configuration configuration, double promise, boolean near, boolean drawn) {

        boolean isOf(Origin origin) {
            return switch (origin) {
                case MODEL -> true;
                case NEAR -> near;
                case ANYWHERE -> drawn;
            };
        }
    }

    /** @param trials how many were learnt from */
    Plan(
            int trials,
            Knowledge knowledge,
            Promise.Learner learner,
            Journal journal,
            Features features,
            Moves moves,
            int poolSize) {
        this.trials = trials;
        this.features = features;
        CostModel costs = journal.costs();
        SplittableRandom random = journal.randomAt(trials);
        this.promise = learner.learn(knowledge, random.nextLong());
        this.twins = knowledge.twins(features, random.split());
        Pool pool = new Pool(
                journal.space(), moves, point -> !knowledge.isTried(point) && costs.mayRun(point) && twins.add(point));
        pool.fill(knowledge.fastest(), features, promise.forest(), poolSize, random);
        List<Configuration> all = pool.points();
        double[] rated = promise.of(features.of(all));
        for (int round = 0; round < ROUNDS; round++) {
            best(rated, CLIMBERS, i -> true).stream().map(all::get).toList().forEach(pool::addNeighbourhood);
            List<Configuration> more = pool.points();
            double[] added = promise.of(features.of(more.subList(all.size(), more.size())));
            rated = Arrays.copyOf(rated, more.size());
            System.arraycopy(added, 0, rated, all.size(), added.length);
            all = more;
        }
        if (costs != CostModel.NONE) {
            weighCosts(rated, all, costs);
        }
        List<Configuration> candidates = all;
        Set<Integer> kept = new LinkedHashSet<>(best(rated, KEPT, i -> true));
        kept.addAll(best(rated, KEPT, i -> i < pool.drawn()));
        kept.addAll(best(rated, rated.length, i -> pool.isNear(candidates.get(i))));
        for (int i : kept) {
            points.add(new Point(all.get(i), rated[i], pool.isNear(all.get(i)), i < pool.drawn()));
        }
        this.leaves = new int[points.size()][];
    }

    /** How many trials the plan's model has learnt from. */
    int trials() {
        return trials;
    }

    /** Takes proposals, knowing what is under way. */
    Picker picker(Predicate<Configuration> taken, Collection<Configuration> underWay, double likenessPenalty) {
        return new Picker(taken, underWay, likenessPenalty);
    }

    /**
     * What takes twice the usual time to compile must promise half as much again: the time of a trial is about half
     * compiling, half the rest.
     */
    private static void weighCosts(double[] promises, List<Configuration> points, CostModel costs) {
        double[] millis = points.stream().mapToDouble(costs::compileMillis).toArray();
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        double usual = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
        for (int i = 0; i < promises.length && usual > 0; i++) {
            promises[i] /= 0.5 + 0.5 * millis[i] / usual;
        }
    }

    /** Computed when something is under way for the first time: a search that tries one after another needs none. */
    private int[] leavesOf(int point) {
        if (leaves[point] == null) {
            leaves[point] =
                    promise.forest().leaves(features.of(points.get(point).configuration()));
        }
        return leaves[point];
    }

    private static List<Integer> best(double[] promises, int count, Predicate<Integer> which) {
        return IntStream.range(0, promises.length)
                .boxed()
                .filter(which)
                .sorted(Comparator.comparingDouble(i -> -promises[i]))
                .limit(count)
                .toList();
    }

    /** Takes proposals one by one; what is like others under way, in the model's eyes, promises less. */
    final class Picker {

        private final double likenessPenalty;
        private final double[] values =
                points.stream().mapToDouble(Point::promise).toArray();
        private final double[] crowds = new double[values.length];
        private final boolean[] gone = new boolean[values.length];
        private int last = -1;

        private Picker(Predicate<Configuration> taken, Collection<Configuration> underWay, double likenessPenalty) {
            this.likenessPenalty = likenessPenalty;
            Set<List<Object>> running = new HashSet<>();
            underWay.forEach(point -> running.add(twins.program(point)));
            for (int i = 0; i < gone.length; i++) {
                Configuration point = points.get(i).configuration();
                gone[i] = taken.test(point) || running.contains(twins.program(point));
            }
            underWay.forEach(point -> penalise(promise.forest().leaves(features.of(point))));
        }

        /** The most promising point that is left of this origin. */
        Optional<Configuration> next(Origin origin) {
            if (last >= 0) {
                penalise(leavesOf(last));
            }
            int best = -1;
            for (int i = 0; i < values.length; i++) {
                if (!gone[i] && points.get(i).isOf(origin) && (best < 0 || value(i) > value(best))) {
                    best = i;
                }
            }
            if (best < 0) {
                return Optional.empty();
            }
            gone[best] = true;
            last = best;
            return Optional.of(points.get(best).configuration());
        }

        private void penalise(int[] busy) {
            for (int i = 0; i < values.length; i++) {
                if (!gone[i]) {
                    crowds[i] += Diversity.alike(leavesOf(i), busy);
                }
            }
        }

        private double value(int point) {
            return values[point] / (1 + likenessPenalty * crowds[point]);
        }
    }
}
