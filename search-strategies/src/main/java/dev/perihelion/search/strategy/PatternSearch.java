package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Several walks downhill at once (pattern search; Hooke and Jeeves, 1961), without a barrier.
 *
 * <p>Starts at the default and a few random points. Each measured point outside the explored neighbourhoods is a climb.
 * The best few climbs try their neighbourhoods, the least explored one first, and move to the first point that is better
 * by more than the noise. A climb whose neighbourhood is told ends, and the next best takes its place; when all wait or
 * are over, random points start new ones. Whatever is pending is passed over, so a slow trial holds nothing up; a failed
 * trial is a point that was tried and nothing else.
 */
public final class PatternSearch implements SearchStrategy {

    /** Climbs that try their neighbourhoods at one time. */
    public static final int DEFAULT_STARTS = 5;

    /** A gain below this fraction is taken for noise. */
    public static final double DEFAULT_MARGIN = 0.005;

    /** The random points before the first neighbourhood, per climb. */
    private static final int DRAWS_PER_START = 2;

    private final SearchSpace space;
    private final long seed;
    private final CostModel costs;
    private final List<Configuration> seeds;
    private final int starts;
    private final double margin;
    private final History history = new History();
    private final DrawSequence sequence;
    private final FreshDraws draws;
    private final TreeSet<Climb> unfinished = new TreeSet<>(Climb.FASTEST_FIRST);
    private final List<Climb> live = new ArrayList<>();
    private final Set<Configuration> centres = new HashSet<>();
    private long births;

    public PatternSearch(SearchSpace space, long seed) {
        this(space, seed, StrategyInputs.NONE);
    }

    /** Starts at the inputs' seeds before the random points. */
    public PatternSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, DEFAULT_STARTS, DEFAULT_MARGIN);
    }

    /**
     * @param starts climbs that try their neighbourhoods at one time, at least 1
     * @param margin the smallest gain that counts, as a fraction: 0.01 for one percent
     */
    public PatternSearch(SearchSpace space, long seed, StrategyInputs inputs, int starts, double margin) {
        if (starts < 1 || !(margin >= 0 && margin < 1)) {
            throw new IllegalArgumentException(
                    "Pattern search needs `starts` of at least 1 and a `margin` within 0 and 1, not " + starts + " and "
                            + margin + ".");
        }
        this.space = space;
        this.seed = seed;
        this.starts = starts;
        this.margin = margin;
        this.costs = inputs.costs();
        this.seeds = inputs.seedsFor(space);
        this.sequence = new DrawSequence(space, seed, costs);
        this.draws = new FreshDraws(sequence, history);
    }

    @Override
    public String name() {
        return "pattern";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Strategies.requirePositive(count);
        Set<Configuration> taken = new HashSet<>(pending);
        Predicate<Configuration> free = point -> !history.knows(point) && !taken.contains(point);
        List<Suggestion> answer = new ArrayList<>();
        for (Configuration start : startPoints()) {
            if (answer.size() < count && free.test(start)) {
                taken.add(start);
                answer.add(new Suggestion(start, "pattern:start"));
            }
        }
        while (answer.size() < count) {
            Optional<Configuration> next = leastExplored(taken);
            if (next.isEmpty()) {
                break;
            }
            taken.add(next.get());
            answer.add(new Suggestion(next.get(), "pattern:neighbour"));
        }
        List<Configuration> restarts = new ArrayList<>();
        draws.addTo(restarts, count - answer.size(), taken::contains);
        restarts.forEach(point -> answer.add(new Suggestion(point, "pattern:restart")));
        return answer;
    }

    @Override
    public void tell(Trial trial) {
        Configuration point = trial.configuration();
        if (!history.learn(trial)) {
            return;
        }
        draws.told(point);
        OptionalDouble latency = trial.result().latencyNanos();
        boolean explored = false;
        for (Climb climb : List.copyOf(live)) {
            if (climb.untried().remove(point)) {
                explored = true;
                if (latency.isPresent() && isBetter(latency.getAsDouble(), climb)) {
                    move(climb, point);
                }
            }
        }
        if (!explored && latency.isPresent() && space.contains(point) && centres.add(point)) {
            unfinished.add(new Climb(point, latency.getAsDouble(), births++));
        }
        while (!refill()) {
            // Each turn ends a climb or moves it to a faster point, so the turns end.
        }
    }

    /**
     * Makes the fastest unfinished climbs the live ones.
     *
     * @return whether all of them stand still; false where one moved or ended, which makes room for another
     */
    private boolean refill() {
        List<Climb> fastest = unfinished.stream().limit(starts).toList();
        live.stream().filter(climb -> !fastest.contains(climb)).forEach(Climb::collapse);
        live.clear();
        live.addAll(fastest);
        for (Climb climb : fastest) {
            if (!climb.isExpanded()) {
                climb.expand(space, seed, history, costs);
                Optional<Configuration> better = bestKnownAround(climb);
                if (better.isPresent()) {
                    move(climb, better.get());
                    return false;
                }
            }
            if (climb.untried().isEmpty()) {
                unfinished.remove(climb);
                return false;
            }
        }
        return true;
    }

    /** Takes the climb to a better point; where another climb has been there, this one ends. */
    private void move(Climb climb, Configuration point) {
        unfinished.remove(climb);
        if (centres.add(point)) {
            unfinished.add(new Climb(point, history.latencyNanos(point).getAsDouble(), climb.birth()));
        }
    }

    /** A point told before the climb came here, from a foreign trial or another climb. */
    private Optional<Configuration> bestKnownAround(Climb climb) {
        return climb.neighbourhood().stream()
                .filter(point -> history.latencyNanos(point).isPresent())
                .min(Comparator.comparingDouble(
                        point -> history.latencyNanos(point).getAsDouble()))
                .filter(point -> isBetter(history.latencyNanos(point).getAsDouble(), climb));
    }

    private boolean isBetter(double latencyNanos, Climb climb) {
        return latencyNanos < climb.latencyNanos() * (1 - margin);
    }

    private List<Configuration> startPoints() {
        List<Configuration> points = new ArrayList<>(seeds);
        for (int i = 0; i < starts * DRAWS_PER_START; i++) {
            sequence.at(i).ifPresent(points::add);
        }
        return points;
    }

    /** The next free point of the live climb with the fewest points tried or under way. */
    private Optional<Configuration> leastExplored(Set<Configuration> taken) {
        Optional<Configuration> next = Optional.empty();
        long fewest = Long.MAX_VALUE;
        for (Climb climb : live) {
            List<Configuration> free = climb.untried().stream()
                    .filter(point -> !taken.contains(point))
                    .toList();
            long busy = climb.neighbourhood().size() - free.size();
            if (!free.isEmpty() && busy < fewest) {
                fewest = busy;
                next = Optional.of(free.get(0));
            }
        }
        return next;
    }
}
