package dev.perihelion.sweep.run;

import dev.perihelion.search.strategy.CostModel;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.strategy.StrategyInputs;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.LookAhead;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.stage.StageContext;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * The search of one tuning task, without batches: whenever there is room, the strategy is asked for a few more configurations;
 * whatever ends is told at once. Which is told when depends on the workers, so the order is stored (see {@link TrialLog}).
 *
 * <p>One thread runs it; what other threads have to say comes through the {@link Inbox}.
 */
final class TaskRun {

    /** How long the loop waits for news before it looks at the clock. */
    private static final long TICK_MILLIS = 100;

    /** Trials under way, those included that wait for the result of another, as a multiple of those that need workers. */
    private static final int WAITING_FACTOR = 3;

    /** How long a search whose time is over waits for what is under way. */
    private static final double GRACE_SECONDS = 2;

    private final String sweep;
    private final TaskPlan plan;
    private final TrialStore store;
    private final ProgressListener progress;
    private final BooleanSupplier stopped;
    private final Inbox inbox;
    private final Flow flow;
    private final LookAhead lookAhead;
    private final TrialLog log;
    private final TrialTally tally;
    private final HopelessStart hopeless;
    private final SearchMeter meter;
    private final TrialPipeline pipeline;
    private final SparkJobs jobs;
    private final ExecutorService thinker = Executors.newSingleThreadExecutor(TaskRun::daemon);
    private boolean thinking;
    private long silentAfter = -1;
    private long toldWhileThinking;
    private double timeOverSeconds = Double.NaN;
    private long endNanos;

    TaskRun(
            String sweep,
            TaskPlan plan,
            Machine machine,
            Flow flow,
            StageContext context,
            SparkJobs jobs,
            TrialStore store,
            ProgressListener progress,
            Inbox inbox,
            BooleanSupplier stopped) {
        this.sweep = sweep;
        this.plan = plan;
        this.store = store;
        this.progress = progress;
        this.stopped = stopped;
        this.inbox = inbox;
        this.flow = flow;
        this.lookAhead = new LookAhead(flow.slots().count(), flow.building());
        this.jobs = jobs;
        this.log = new TrialLog(
                plan.id(),
                Strategies.create(
                        plan.task().strategy(),
                        plan.kernel().space(),
                        plan.task().seed(),
                        new StrategyInputs(plan.task().configurations(), CostModel.NONE)),
                plan.kernel().space().defaultConfiguration(),
                plan.kernel().seeds());
        this.tally = new TrialTally(plan);
        this.hopeless = new HopelessStart();
        this.meter = new SearchMeter(plan.measured() ? flow.slots().count() : 0, System.nanoTime());
        this.pipeline = new TrialPipeline(
                jobs,
                context,
                plan,
                flow,
                new TrialRows(context.toolchain(), plan, machine),
                meter,
                lookAhead,
                inbox,
                progress::message);
    }

    /** The trials so far, with those of an earlier run. */
    TrialTally tally() {
        return tally;
    }

    /**
     * Searches until the budget is used, the strategy is done or the sweep is stopped.
     *
     * @throws TaskFailure if the task cannot go on; told trials are in the store and in the tally
     */
    void search() throws InterruptedException {
        try (TrialFlusher flusher = new TrialFlusher(store.writer(sweep, plan.id()), inbox, progress)) {
            try {
                replay();
                loop(flusher);
            } finally {
                endNanos = System.nanoTime();
                thinker.shutdownNow();
                jobs.cancel();
                flusher.flushAll(this::state);
            }
        }
    }

    /** How fast the search was, until now or its end. */
    SearchStatistics statistics() {
        return meter.statistics(endNanos == 0 ? System.nanoTime() : endNanos);
    }

    private void replay() {
        List<TrialRow> stored = store.trials(sweep, plan.id()).stream()
                .sorted(Comparator.comparingLong(
                        row -> row.place().map(TrialRow.Place::told).orElse(Long.MAX_VALUE)))
                .toList();
        if (stored.isEmpty()) {
            return;
        }
        log.replay(stored, Instant.now());
        Map<String, TrialRow> byId = new HashMap<>();
        for (TrialRow row : stored) {
            byId.put(row.id(), row);
            pipeline.remember(row, row.duplicateOf().map(byId::get));
            tally.add(row);
            hopeless.add(row);
        }
        meter.replayed(stored.size());
        pipeline.add(log.pending());
        if (log.pending().stream().noneMatch(asked -> asked.number() == 0)) {
            pipeline.rebuildDefault(
                    new Asked(0, plan.kernel().space().defaultConfiguration(), "default", 0, 0, Instant.now()));
        }
        progress.batchFinished(state());
    }

    private void loop(TrialFlusher flusher) throws InterruptedException {
        long most = plan.task().budget().evaluations();
        while (!stopped.getAsBoolean() && log.told() < most && !isGivenUp()) {
            ask();
            if (pipeline.inFlight() == 0 && !thinking) {
                return;
            }
            pipeline.dispatch(tally.bestNanos());
            try {
                inbox.runAll(TICK_MILLIS);
            } finally {
                // Also those that ended before whatever ended the search.
                pipeline.takeFinished().stream().limit(most - log.told()).forEach(row -> tell(row, flusher));
            }
            flusher.flushIfDue(this::state);
        }
    }

    private void tell(TrialRow row, TrialFlusher flusher) {
        TrialRow told = row.at(log.tell(row.trial()));
        tally.add(told);
        flusher.add(told);
        hopeless.add(told);
    }

    /** Asks for what there is room for. A model's thinking takes longer than a trial, so the loop goes on meanwhile. */
    private void ask() {
        while (!thinking && log.told() != silentAfter) {
            int room = room();
            if (room <= 0) {
                return;
            }
            TrialLog.Question question = log.begin(Math.min(Flow.ASK_SIZE, Math.max(room, meanwhile())));
            if (question.needsThought()) {
                thinking = true;
                thinker.execute(() -> think(question));
            } else {
                answered(question, List.of());
            }
        }
    }

    /** As many trials as will end while the strategy thinks, if it takes as long as the last time; no more than are left. */
    private int meanwhile() {
        long left = plan.task().budget().evaluations() - log.told() - pipeline.inFlight();
        return (int) Math.min(left, toldWhileThinking);
    }

    private void think(TrialLog.Question question) {
        try {
            List<Suggestion> thoughts = log.think(question);
            inbox.post(() -> answered(question, thoughts));
        } catch (RuntimeException | Error e) {
            inbox.post(() -> {
                throw e;
            });
        }
    }

    private void answered(TrialLog.Question question, List<Suggestion> thoughts) {
        thinking = false;
        if (question.needsThought()) {
            toldWhileThinking = log.told() - question.askedAfter();
        }
        List<Asked> asked = log.end(question, thoughts, Instant.now());
        if (asked.isEmpty() && question.askedAfter() == log.told()) {
            silentAfter = log.told();
        }
        pipeline.add(asked);
    }

    private int room() {
        if (isTimeOver()) {
            return 0;
        }
        // Those that wait for another's result take no worker; some of them are let be.
        long most = plan.measured() ? lookAhead.trials() : flow.inFlight();
        long free = Math.min(most - pipeline.busy(), WAITING_FACTOR * most - pipeline.inFlight());
        long left = plan.task().budget().evaluations() - log.told() - pipeline.inFlight();
        // The last ones are not waited for while they are compiled: others take their places, and what ends first
        // counts.
        long standIns = left < flow.building() ? pipeline.slowBuilds() : 0;
        return (int) Math.max(0, Math.min(free, left + standIns));
    }

    private boolean isTimeOver() {
        Budget budget = plan.task().budget();
        double seconds = meter.seconds(System.nanoTime());
        boolean over = seconds >= budget.wallSeconds() || tally.measureSeconds() >= budget.gpuSeconds();
        if (over && Double.isNaN(timeOverSeconds)) {
            timeOverSeconds = seconds;
        }
        return over;
    }

    /** Whether what is under way is waited for no longer; the default configuration always is. */
    private boolean isGivenUp() {
        return isTimeOver()
                && tally.row(0) != null
                && meter.seconds(System.nanoTime()) >= timeOverSeconds + GRACE_SECONDS;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "search strategy");
        thread.setDaemon(true);
        return thread;
    }

    private ProgressListener.Batch state() {
        return tally.batch(plan.id(), statistics());
    }
}
