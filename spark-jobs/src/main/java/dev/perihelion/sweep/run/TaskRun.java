package dev.perihelion.sweep.run;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.strategy.CostModel;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.strategy.StrategyInputs;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.LookAhead;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.WarmStart;
import dev.perihelion.sweep.stage.StageContext;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The search of one tuning task, without batches: whenever there is room, the strategy is asked for a few more configurations;
 * whatever ends is told at once. Which is told when depends on the workers, so the order is stored (see {@link TrialLog}).
 *
 * <p>Between {@link #open} and {@link #flush} the loop's thread alone runs it, step by step; what other threads have to say
 * comes to that thread as messages.
 */
final class TaskRun {

    /** Trials under way, those included that wait for the result of another, as a multiple of those that need workers. */
    private static final int WAITING_FACTOR = 3;

    /** How long a search whose time is over waits for what is under way. */
    private static final long GRACE_NANOS = 2_000_000_000L;

    private final String sweep;
    private final TaskPlan plan;
    private final TrialStore store;
    private final StoreRetry retry;
    private final ProgressListener progress;
    private final Post inbox;
    private final Flow flow;
    private final TurnClock.Watch watch;
    private final IntSupplier searches;
    private final LongSupplier evaluationsLeft;
    private final LookAhead lookAhead;
    private final TrialLog log;
    private final TrialTally tally;
    private final HopelessStart hopeless;
    private final SearchMeter meter;
    private final TrialPipeline pipeline;
    private final SparkJobs jobs;
    private final Threads threads;
    private TrialFlusher flusher;
    private Future<?> thought;
    private boolean thinking;
    private int wanted;
    private long silentAfter = -1;
    private long toldWhileThinking;
    private long timeOverNanos;
    private boolean ended;
    private SearchStatistics statistics;

    TaskRun(
            String sweep,
            TaskPlan plan,
            Machine machine,
            Flow flow,
            StageContext context,
            SparkJobs jobs,
            TrialStore store,
            StoreRetry retry,
            ProgressListener progress,
            TaskRunner.Surroundings surroundings,
            WarmStart warmStart) {
        this.sweep = sweep;
        this.plan = plan;
        this.store = store;
        this.retry = retry;
        this.progress = progress;
        this.inbox = surroundings.inbox();
        this.flow = flow;
        this.threads = surroundings.threads();
        this.watch = surroundings.watch();
        this.searches = surroundings.searches();
        this.evaluationsLeft = surroundings.evaluationsLeft();
        this.lookAhead = new LookAhead(flow.slots().count(), flow.building());
        this.jobs = jobs;
        this.log = new TrialLog(
                plan.id(),
                Strategies.create(
                        plan.task().strategy(),
                        plan.kernel().space(),
                        plan.task().seed(),
                        new StrategyInputs(seeds(plan, warmStart), CostModel.NONE)),
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
                progress::message,
                surroundings.capacity());
    }

    /** The user's, then those of near tasks. */
    private static List<Configuration> seeds(TaskPlan plan, WarmStart warmStart) {
        List<Configuration> seeds = new ArrayList<>(plan.task().configurations());
        seeds.addAll(warmStart.configurations());
        return seeds;
    }

    /** The trials so far, with those of an earlier run. */
    TrialTally tally() {
        return tally;
    }

    /**
     * Takes up what the store has; takes a while where there is much.
     *
     * @throws TaskFailure if the task cannot go on with that
     */
    void open() {
        flusher = new TrialFlusher(
                plan.id(),
                retry.call(unread(), () -> store.writer(sweep, plan.id())),
                inbox,
                threads.store(),
                progress,
                Outage.PATIENCE);
        replay();
    }

    /**
     * Tells what has ended, and asks for what there is room for.
     *
     * @param mayAsk whether the task may go on with something new
     * @return whether the search is over: its budget is used, or the strategy is done
     * @throws TaskFailure if the task cannot go on
     */
    boolean step(boolean mayAsk) {
        tellFinished();
        flusher.flushIfDue(this::state);
        if (log.told() >= plan.task().budget().evaluations() || isGivenUp()) {
            return true;
        }
        if (mayAsk) {
            ask();
        }
        return promised() == 0 && (mayAsk || isTimeOver());
    }

    /** The trials under way, for whoever shares out the workers. */
    TrialPipeline pipeline() {
        return pipeline;
    }

    /** Sends trials to a lane; see {@link TrialPipeline#measure}. */
    void measure(GpuLanes.Lane lane, int room, boolean alone) {
        pipeline.measure(lane, room, alone, tally.bestNanos());
    }

    /** Trials that may still come of what was asked: those under way, and those that the strategy thinks of. */
    int promised() {
        return pipeline.inFlight() + pipeline.finished() + (thinking ? wanted : 0);
    }

    /** Trials told so far, in earlier runs too. */
    long told() {
        return log.told();
    }

    /** Tells what has ended already, and gives up what is under way. */
    void end() {
        if (!ended) {
            try {
                tellFinished();
            } catch (TaskFailure e) {
                // It ends anyhow.
            }
            ended = true;
            statistics = meter.statistics(System.nanoTime());
            if (thought != null) {
                thought.cancel(true);
            }
            if (flusher != null) {
                flusher.end();
            }
        }
    }

    /**
     * Stores all that was told, and returns when it is there. After {@link #end}; from any thread.
     *
     * @param hurry whether a store that fails is not waited for long
     * @throws TaskFailure where it cannot be stored
     */
    void flush(BooleanSupplier hurry) throws InterruptedException {
        if (plan.measured()) {
            jobs.cancelCompiling();
        } else {
            jobs.cancel();
        }
        if (flusher != null) {
            flusher.flushAll(state(), hurry);
        }
    }

    /** How fast the search was, until now or its end. */
    SearchStatistics statistics() {
        return statistics == null ? meter.statistics(System.nanoTime()) : statistics;
    }

    private String unread() {
        return "The trials of task " + plan.id() + " cannot be read";
    }

    private void replay() {
        List<TrialRow> stored = retry.call(unread(), () -> store.trials(sweep, plan.id())).stream()
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

    private void tellFinished() {
        long most = plan.task().budget().evaluations();
        List<TrialRow> finished = pipeline.takeFinished();
        finished.stream().limit(Math.max(0, most - log.told())).forEach(this::tell);
    }

    private void tell(TrialRow row) {
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
            long most = Math.min(Flow.ASK_SIZE, evaluationsLeft.getAsLong());
            TrialLog.Question question = log.begin((int) Math.min(most, Math.max(room, meanwhile())));
            if (question.needsThought()) {
                thinking = true;
                wanted = question.count();
                thought = threads.strategies().submit(() -> think(question));
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
        if (ended) {
            return;
        }
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
        int sharers = Math.max(1, searches.getAsInt());
        long most = ((plan.measured() ? lookAhead.trials() : flow.inFlight()) + sharers - 1) / sharers;
        long free = Math.min(most - pipeline.busy(), WAITING_FACTOR * most - pipeline.inFlight());
        long left = plan.task().budget().evaluations() - log.told() - pipeline.inFlight();
        // The last ones are not waited for while they are compiled: others take their places, and what ends first
        // counts.
        long standIns = left < flow.building() ? pipeline.slowBuilds() : 0;
        return (int) Math.max(0, Math.min(Math.min(free, left + standIns), evaluationsLeft.getAsLong()));
    }

    private boolean isTimeOver() {
        if (timeOverNanos == 0) {
            Budget budget = plan.task().budget();
            if (watch.seconds() >= budget.wallSeconds() || tally.measureSeconds() >= budget.gpuSeconds()) {
                timeOverNanos = System.nanoTime();
            }
        }
        return timeOverNanos != 0;
    }

    /** Whether what is under way is waited for no longer; the default configuration always is. */
    private boolean isGivenUp() {
        return isTimeOver() && tally.row(0) != null && System.nanoTime() - timeOverNanos >= GRACE_NANOS;
    }

    private ProgressListener.Batch state() {
        return tally.batch(plan.id(), statistics());
    }
}
