package dev.perihelion.sweep.run;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.strategy.SearchStrategy;
import dev.perihelion.search.strategy.CostModel;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.strategy.StrategyInputs;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * The search of one tuning task. Trial 0 is the default configuration; then the strategy is asked in batches of a fixed size, of
 * which two are in flight, so that one is compiled while the other is measured. Batch k+2 is asked for when batch k is told and
 * batch k+1 is pending; results are told in the order of their numbers. What the strategy sees therefore depends on the seed
 * and the results alone, never on which worker was quicker: equal seeds and results give equal proposals.
 */
final class TaskRun {

    /** Configurations asked for at a time: enough to fill the compile workers, few enough for the model to keep up. */
    static final int BATCH_SIZE = 16;

    private static final int IN_FLIGHT = 2;

    private final String sweep;
    private final TaskPlan plan;
    private final Evaluator evaluator;
    private final TrialStore store;
    private final ProgressListener progress;
    private final BooleanSupplier stopped;
    private final SearchStrategy strategy;
    private final Deque<Configuration> seeds;
    private final TrialTally tally;
    private final Map<Long, TrialRow> stored = new HashMap<>();
    private final Deque<Flight> inFlight = new ArrayDeque<>();
    private long asked;
    private boolean rebuildDefault;
    private long startNanos;

    TaskRun(
            String sweep,
            TaskPlan plan,
            Evaluator evaluator,
            TrialStore store,
            ProgressListener progress,
            BooleanSupplier stopped) {
        this.sweep = sweep;
        this.plan = plan;
        this.evaluator = evaluator;
        this.store = store;
        this.progress = progress;
        this.stopped = stopped;
        this.strategy = Strategies.create(
                plan.task().strategy(),
                plan.kernel().space(),
                plan.task().seed(),
                new StrategyInputs(plan.task().configurations(), CostModel.NONE));
        this.seeds = new ArrayDeque<>(plan.kernel().seeds());
        this.tally = new TrialTally(plan);
    }

    /** A batch on its way. */
    private record Flight(Batch batch, boolean fromStore, CompletableFuture<List<TrialRow>> rows) {}

    /** The trials so far, with those of an earlier run. */
    TrialTally tally() {
        return tally;
    }

    /**
     * Searches until the budget is used, the strategy is done or the sweep is stopped.
     *
     * @throws TaskFailure if the task cannot go on; finished batches are in the store and in the tally
     */
    void search() throws InterruptedException {
        store.trials(sweep, plan.id()).forEach(row -> stored.put(row.trial().number(), row));
        startNanos = System.nanoTime();
        ExecutorService compileLane = Executors.newSingleThreadExecutor(r -> new Thread(r, "perihelion-compile"));
        ExecutorService measureLane = Executors.newSingleThreadExecutor(r -> new Thread(r, "perihelion-measure"));
        try {
            fill(compileLane, measureLane);
            while (!inFlight.isEmpty() && !stopped.getAsBoolean()) {
                land(inFlight.poll());
                fill(compileLane, measureLane);
            }
        } catch (CancellationException e) {
            // Stopped: what was in flight is lost, what was finished is stored.
        } finally {
            tally.searched((System.nanoTime() - startNanos) / 1e9);
            compileLane.shutdownNow();
            measureLane.shutdownNow();
        }
    }

    private void fill(ExecutorService compileLane, ExecutorService measureLane) {
        while (inFlight.size() < IN_FLIGHT && !stopped.getAsBoolean()) {
            Batch batch = ask();
            if (batch.trials().isEmpty()) {
                return;
            }
            List<TrialRow> rows = fromStore(batch);
            if (!rows.isEmpty()) {
                rows.forEach(evaluator::remember);
                rebuildDefault = true;
                inFlight.add(new Flight(batch, true, CompletableFuture.completedFuture(rows)));
            } else {
                boolean rebuild = rebuildDefault;
                rebuildDefault = false;
                inFlight.add(new Flight(
                        batch,
                        false,
                        CompletableFuture.supplyAsync(() -> evaluator.build(batch), compileLane)
                                .thenApplyAsync(built -> measure(built, rebuild), measureLane)));
            }
        }
    }

    private List<TrialRow> measure(Evaluator.BuiltBatch built, boolean rebuild) {
        if (rebuild) {
            evaluator.rebuild(new Batch.Asked(0, plan.kernel().space().defaultConfiguration(), "default"));
        }
        return evaluator.measure(built, tally.bestNanos());
    }

    private void land(Flight flight) throws InterruptedException {
        List<TrialRow> rows;
        try {
            rows = flight.rows().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        if (!flight.fromStore()) {
            store.appendTrials(sweep, plan.id(), rows);
        }
        for (TrialRow row : rows) {
            strategy.tell(row.trial());
            tally.add(row);
        }
        progress.batchFinished(tally.batch(plan.id(), (System.nanoTime() - startNanos) / 1e9));
    }

    private Batch ask() {
        Budget budget = plan.task().budget();
        List<Batch.Asked> trials = new ArrayList<>();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long room = Math.min(BATCH_SIZE, budget.evaluations() - asked);
        if (room <= 0 || seconds >= budget.wallSeconds() || tally.measureSeconds() >= budget.gpuSeconds()) {
            return new Batch(trials, Instant.now());
        }
        List<Configuration> pending = new ArrayList<>();
        inFlight.forEach(flight -> pending.addAll(flight.batch().configurations()));
        if (asked == 0) {
            Configuration first = plan.kernel().space().defaultConfiguration();
            trials.add(new Batch.Asked(asked++, first, "default"));
            pending.add(first);
            room--;
        }
        while (room > 0 && !seeds.isEmpty()) {
            Configuration seed = seeds.poll();
            trials.add(new Batch.Asked(asked++, seed, "compiler"));
            pending.add(seed);
            room--;
        }
        if (room > 0) {
            for (Suggestion suggestion : strategy.ask((int) room, pending)) {
                trials.add(new Batch.Asked(asked++, suggestion.configuration(), suggestion.origin()));
            }
        }
        return new Batch(trials, Instant.now());
    }

    /** The batch's rows where an earlier run has stored exactly these trials; else none. */
    private List<TrialRow> fromStore(Batch batch) {
        List<TrialRow> rows = new ArrayList<>();
        for (Batch.Asked trial : batch.trials()) {
            TrialRow row = stored.get(trial.number());
            if (row == null || !row.configuration().equals(trial.configuration())) {
                // From here on the earlier run has nothing, or went another way; its numbers are then used again.
                return rows.isEmpty() && row == null ? rows : requireNone(trial, row);
            }
            rows.add(row);
        }
        return rows;
    }

    private List<TrialRow> requireNone(Batch.Asked trial, TrialRow row) {
        String had = row == null ? "nothing" : row.configuration().toJson();
        throw new TaskFailure("The stored trials of task " + plan.id() + " do not follow from its seed: trial "
                + trial.number() + " should be " + trial.configuration().toJson() + " and the store has " + had
                + ". They were made by another version; start a new sweep.");
    }

    /** The trial of a number, for the confirmation. */
    Trial trial(long number) {
        return tally.row(number).trial();
    }

    /** The smallest latency so far. */
    OptionalDouble bestNanos() {
        return tally.bestNanos();
    }
}
