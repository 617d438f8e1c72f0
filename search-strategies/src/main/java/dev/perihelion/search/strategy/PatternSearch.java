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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

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

    private final SearchSpace space;
    private final long seed;
    private final int starts;
    private final double margin;
    private final Journal journal;
    private final History history;
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
        this.journal = new Journal(space, seed, inputs);
        this.history = journal.history();
    }

    @Override
    public String name() {
        return "pattern";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, name(), pending);
        while (!batch.isFull()) {
            Optional<Configuration> next = next(batch);
            if (next.isEmpty()) {
                break;
            }
            batch.offer(next.get(), "pattern:neighbour");
        }
        journal.fill(batch, "pattern:restart");
        return batch.suggestions();
    }

    @Override
    public void tell(Trial trial) {
        Configuration point = trial.configuration();
        if (!journal.learn(trial)) {
            return;
        }
        OptionalDouble latency = trial.result().latencyNanos();
        boolean explored = false;
        for (Climb climb : List.copyOf(live)) {
            if (climb.remove(point)) {
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
                climb.expand(space, seed, history, journal.costs());
                Optional<Configuration> better = bestKnownAround(climb);
                if (better.isPresent()) {
                    move(climb, better.get());
                    return false;
                }
            }
            if (climb.isFinished()) {
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

    /** The next free point: of the fastest climb that has single steps left, then of the fastest that has pairs left. */
    private Optional<Configuration> next(Batch batch) {
        Predicate<Configuration> free = batch::isFree;
        return Stream.<Function<Climb, Set<Configuration>>>of(Climb::untriedSingles, Climb::untriedPairs)
                .flatMap(untried -> live.stream().flatMap(climb -> untried.apply(climb).stream()))
                .filter(free)
                .findFirst();
    }
}
