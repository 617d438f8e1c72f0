package dev.perihelion.sweep.run;

import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.strategy.GreedyCover;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.WarmStart;
import dev.perihelion.sweep.store.StoreException;
import dev.perihelion.sweep.store.TaskRow;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks of the store that are near to those of a sweep: the same kernel for the same target, with other shapes or element types,
 * or the very same. What they found is worth trying first. For any thread.
 */
final class NearTasks {

    /** Tasks that are looked at, the nearest. */
    private static final int LOOKED_AT = 6;

    /** Configurations that are passed on, at most, and at most this part of a task's evaluations. */
    private static final int SEEDS = 6;

    private static final int EVALUATIONS_PER_SEED = 10;

    /** Rows of tasks that are read, the latest: a store may hold very many. */
    private static final int ROWS = 1000;

    private static final double OTHER_DTYPE = 4;

    /** Slower ones are no candidates, as a multiple of their task's best. */
    private static final double REACH = 1.5;

    private static final Logger LOG = LoggerFactory.getLogger(NearTasks.class);

    private record Known(String sweep, String id, TuningTask task, boolean measured) {
        String name() {
            return sweep + "/" + id;
        }
    }

    private final TrialStore store;
    private final List<Known> known = new ArrayList<>();

    private NearTasks(TrialStore store) {
        this.store = store;
    }

    /** None, and none is ever added: tasks begin cold. */
    static NearTasks none() {
        return new NearTasks(null);
    }

    /** Those of the store that are near to any of these. */
    static NearTasks of(TrialStore store, List<TaskPlan> plans) {
        NearTasks near = new NearTasks(store);
        Set<String> kernels = plans.stream().map(plan -> plan.task().kernel()).collect(Collectors.toSet());
        List<String> sweeps = store.sweeps();
        int read = 0;
        for (int i = sweeps.size() - 1; i >= 0 && read < ROWS; i--) {
            Map<String, TaskRow> rows = near.read(sweeps.get(i));
            read += rows.size();
            for (Map.Entry<String, TaskRow> row : rows.entrySet()) {
                TuningTask task = row.getValue().task();
                if (kernels.contains(task.kernel())) {
                    near.known.add(new Known(
                            sweeps.get(i),
                            row.getKey(),
                            task,
                            row.getValue().deviceJson().isPresent()));
                }
            }
        }
        return near;
    }

    /** What cannot be read is no reason to begin nothing. */
    private Map<String, TaskRow> read(String sweep) {
        try {
            return store.tasks(sweep);
        } catch (StoreException e) {
            LOG.info("Nothing is taken over from the sweep {}.", sweep, e);
            return Map.of();
        }
    }

    private List<TrialRow> trials(Known task) {
        try {
            return store.trials(task.sweep(), task.id());
        } catch (StoreException e) {
            LOG.info("Nothing is taken over from the task {}.", task.name(), e);
            return List.of();
        }
    }

    /** A task of this sweep begins: others may use what it finds. */
    synchronized void add(String sweep, TaskPlan plan) {
        if (store != null) {
            known.add(new Known(sweep, plan.id(), plan.task(), plan.measured()));
        }
    }

    /** What to try first. */
    WarmStart seeds(String sweep, TaskPlan plan) {
        int most = Math.min(SEEDS, plan.task().budget().evaluations() / EVALUATIONS_PER_SEED);
        if (store == null || most == 0 || plan.task().strategy().equals("listed")) {
            return WarmStart.NONE;
        }
        Map<Configuration, String> from = new HashMap<>();
        List<Map<Configuration, Double>> found = new ArrayList<>();
        for (Known near : nearest(sweep, plan)) {
            Map<Configuration, Double> fitted =
                    fitted(trials(near), plan.kernel().space());
            fitted.keySet().forEach(configuration -> from.putIfAbsent(configuration, near.name()));
            if (!fitted.isEmpty()) {
                found.add(fitted);
            }
        }
        if (found.isEmpty()) {
            return WarmStart.NONE;
        }
        Set<Configuration> chosen = new LinkedHashSet<>();
        // The nearest task's best, then what suits all of them.
        found.get(0).entrySet().stream().min(Map.Entry.comparingByValue()).ifPresent(best -> chosen.add(best.getKey()));
        chosen.addAll(GreedyCover.choose(found, most));
        return new WarmStart(chosen.stream()
                .filter(configuration ->
                        !configuration.equals(plan.kernel().space().defaultConfiguration()))
                .limit(most)
                .map(configuration -> new WarmStart.Seed(configuration, from.get(configuration)))
                .toList());
    }

    private synchronized List<Known> nearest(String sweep, TaskPlan plan) {
        Map<Known, Double> distances = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (Known other : known) {
            boolean itself = other.sweep().equals(sweep) && other.id().equals(plan.id());
            boolean alike = other.task().kernel().equals(plan.task().kernel())
                    && other.task().target().equals(plan.task().target())
                    && other.measured() == plan.measured();
            OptionalDouble distance = alike && !itself ? distance(other.task(), plan.task()) : OptionalDouble.empty();
            if (distance.isPresent() && names.add(other.name())) {
                distances.put(other, distance.getAsDouble());
            }
        }
        return distances.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .limit(LOOKED_AT)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** How far apart the arguments are: the doublings between extents; empty where they are of other kinds or ranks. */
    static OptionalDouble distance(TuningTask one, TuningTask other) {
        Map<String, ArgumentSpec> left = one.arguments().byName();
        Map<String, ArgumentSpec> right = other.arguments().byName();
        if (!left.keySet().equals(right.keySet())) {
            return OptionalDouble.empty();
        }
        double sum = 0;
        for (Map.Entry<String, ArgumentSpec> argument : left.entrySet()) {
            ArgumentSpec there = right.get(argument.getKey());
            if (argument.getValue() instanceof ArgumentSpec.Tensor mine && there instanceof ArgumentSpec.Tensor its) {
                if (mine.shape().size() != its.shape().size()) {
                    return OptionalDouble.empty();
                }
                sum += mine.dtype().equals(its.dtype()) ? 0 : OTHER_DTYPE;
                for (int i = 0; i < mine.shape().size(); i++) {
                    double ratio = Math.max(1, mine.shape().get(i))
                            / (double) Math.max(1, its.shape().get(i));
                    sum += Math.abs(Math.log(ratio) / Math.log(2));
                }
            } else {
                sum += Objects.equals(argument.getValue(), there) ? 0 : 1;
            }
        }
        return OptionalDouble.of(sum);
    }

    /** A task's fast configurations as this space has them, each with its latency. */
    private static Map<Configuration, Double> fitted(List<TrialRow> rows, SearchSpace space) {
        List<TrialRow> timed = rows.stream()
                .filter(row -> row.result().latencyNanos().isPresent())
                .sorted(Comparator.comparingDouble(
                        row -> row.result().latencyNanos().orElseThrow()))
                .toList();
        Map<Configuration, Double> fitted = new LinkedHashMap<>();
        for (TrialRow row : timed) {
            double nanos = row.result().latencyNanos().orElseThrow();
            if (nanos > REACH * timed.get(0).result().latencyNanos().orElseThrow()) {
                break;
            }
            fit(row.configuration(), space).ifPresent(configuration -> fitted.putIfAbsent(configuration, nanos));
        }
        return fitted;
    }

    /** The configuration with this space's default wherever it does not allow the value; empty for other parameters. */
    static Optional<Configuration> fit(Configuration configuration, SearchSpace space) {
        if (space.contains(configuration)) {
            return Optional.of(configuration);
        }
        Configuration fitted = space.defaultConfiguration();
        for (Parameter parameter : space.parameters()) {
            if (!configuration.has(parameter.name())) {
                return Optional.empty();
            }
            Object value = configuration.get(parameter.name());
            if (parameter.contains(value)) {
                fitted = fitted.with(parameter.name(), value);
            }
        }
        return Optional.of(space.repair(fitted));
    }
}
