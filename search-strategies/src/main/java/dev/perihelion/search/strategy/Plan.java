package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * The configurations that a model thinks best of, from which proposals are taken until the model learns again.
 */
final class Plan {

    /** The best of the pool have their neighbours looked at too, so often and so many. */
    private static final int ROUNDS = 2;

    private static final int CLIMBERS = 10;

    private final int trials;
    private final Features features;
    private final Promise promise;
    private final Twins twins;

    /** The most promising first. */
    private final List<Point> points = new ArrayList<>();

    /** One of the candidates. */
    private final class Point {

        private final Configuration configuration;
        private final double promise;
        private final boolean near;
        private final boolean drawn;
        private int[] leaves;

        private Point(Configuration configuration, double promise, boolean near, boolean drawn) {
            this.configuration = configuration;
            this.promise = promise;
            this.near = near;
            this.drawn = drawn;
        }

        private boolean isOf(Origin origin) {
            return switch (origin) {
                case MODEL -> true;
                case NEAR -> near;
                case ANYWHERE -> drawn;
            };
        }

        /** Computed when it is first needed: most points are never looked at. */
        private int[] leaves() {
            if (leaves == null) {
                leaves = leavesOf(configuration);
            }
            return leaves;
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
        // What was tried is the program of a trial, its own.
        Pool pool = new Pool(journal.space(), moves, point -> costs.mayRun(point) && twins.add(point));
        pool.fill(knowledge.fastest(), features, promise.forest(), poolSize, random);
        List<Configuration> all = pool.points();
        double[] rated = promise.of(features.of(all));
        for (int round = 0; round < ROUNDS; round++) {
            int[] order = Ranking.of(rated);
            for (int i = 0; i < Math.min(CLIMBERS, order.length); i++) {
                pool.addNeighbourhood(all.get(order[i]));
            }
            List<Configuration> more = pool.points();
            double[] added = promise.of(features.of(more.subList(all.size(), more.size())));
            rated = Arrays.copyOf(rated, more.size());
            System.arraycopy(added, 0, rated, all.size(), added.length);
            all = more;
        }
        if (costs != CostModel.NONE) {
            weighCosts(rated, all, costs);
        }
        for (int i : Ranking.of(rated)) {
            points.add(new Point(all.get(i), rated[i], pool.isNear(all.get(i)), i < pool.drawn()));
        }
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

    private int[] leavesOf(Configuration configuration) {
        return promise.forest().leaves(features.of(configuration));
    }

    /** Takes proposals one by one; what is like others under way, in the model's eyes, promises less. */
    final class Picker {

        private final Predicate<Configuration> taken;
        private final double likenessPenalty;
        private final Set<Object> running = new HashSet<>();

        /** By tree and leaf: how many of those under way lie in it. */
        private final int[][] busy = new int[promise.forest().trees()][1];

        private final boolean[] gone = new boolean[points.size()];

        private Picker(Predicate<Configuration> taken, Collection<Configuration> underWay, double likenessPenalty) {
            this.taken = taken;
            this.likenessPenalty = likenessPenalty;
            for (Configuration point : underWay) {
                running.add(twins.program(point));
                add(leavesOf(point));
            }
        }

        /** The most promising point that is left of this origin. */
        Optional<Configuration> next(Origin origin) {
            int best = -1;
            double highest = Double.NEGATIVE_INFINITY;
            // A point is never worth more than its promise, so the rest need not be looked at.
            for (int i = 0; i < gone.length && points.get(i).promise > highest; i++) {
                if (!gone[i] && points.get(i).isOf(origin) && value(i) > highest && isFree(i)) {
                    best = i;
                    highest = value(i);
                }
            }
            if (best < 0) {
                return Optional.empty();
            }
            gone[best] = true;
            add(points.get(best).leaves());
            return Optional.of(points.get(best).configuration);
        }

        private boolean isFree(int point) {
            Configuration configuration = points.get(point).configuration;
            gone[point] = taken.test(configuration) || running.contains(twins.program(configuration));
            return !gone[point];
        }

        private void add(int[] leaves) {
            for (int tree = 0; tree < busy.length; tree++) {
                if (leaves[tree] >= busy[tree].length) {
                    busy[tree] = Arrays.copyOf(busy[tree], 2 * leaves[tree] + 1);
                }
                busy[tree][leaves[tree]]++;
            }
        }

        /** The promise, less the more trials under way share leaves with the point. */
        private double value(int point) {
            int[] leaves = points.get(point).leaves();
            long shared = 0;
            for (int tree = 0; tree < busy.length; tree++) {
                shared += leaves[tree] < busy[tree].length ? busy[tree][leaves[tree]] : 0;
            }
            return points.get(point).promise / (1 + likenessPenalty * shared / busy.length);
        }
    }
}
