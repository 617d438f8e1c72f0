package dev.perihelion.sweep.run;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Savings;
import dev.perihelion.sweep.TaskSummary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tasks of a sweep, on one thread: whatever a worker or a strategy has to say comes through the {@link Inbox}, the task that
 * it concerns goes on, and then workers and GPUs that are free are {@linkplain Shares shared out}. Beginning and ending a task,
 * which wait for the store and for races, happen on other threads.
 *
 * <p>A few tasks search at once, see {@link Turns}. In a sweep of several tasks a search that brings nothing any more ends before
 * its budget, and leaves the machine to the others.
 */
final class SweepLoop {

    private static final Logger LOG = LoggerFactory.getLogger(SweepLoop.class);

    /** How long the loop waits for news before it looks at the clock. */
    private static final long TICK_MILLIS = 100;

    private final Capacity capacity;
    private final Threads threads;
    private final SweepLimit limit;
    private final ProgressListener progress;
    private final BooleanSupplier stopped;
    private final BooleanSupplier broken;
    private final Inbox inbox = new Inbox();
    private final TurnClock clock = new TurnClock(System.nanoTime());
    private final List<SweepEntry> entries = new ArrayList<>();
    private final List<SweepEntry> begun = new ArrayList<>();
    private final Set<SweepEntry> touched = new LinkedHashSet<>();
    private final Turns turns;
    private final Shares shares;
    private Savings saved = Savings.NONE;
    private int ending;
    private Instant lastBeganAt = Instant.EPOCH;
    private long lastTickNanos = System.nanoTime();

    /**
     * @param limit of the sweep
     * @param stopped whether to end soon
     * @param broken whether nothing can be run any more, so that a task's failure is the sweep's
     */
    SweepLoop(
            Capacity capacity,
            Threads threads,
            SweepLimit limit,
            ProgressListener progress,
            BooleanSupplier stopped,
            BooleanSupplier broken) {
        this.capacity = capacity;
        this.threads = threads;
        this.limit = limit;
        this.progress = progress;
        this.stopped = stopped;
        this.broken = broken;
        this.turns = new Turns(capacity, limit.exists());
        this.shares = new Shares(capacity, this::failed);
    }

    /** Adds a task; those that were added first begin first. */
    void add(TaskRunner task) {
        SweepEntry entry = new SweepEntry(task, clock.watch());
        entries.add(entry);
        turns.add(entry);
    }

    /** Lets the loop look around at once; from any thread. */
    void wake() {
        inbox.post(() -> {});
    }

    /** What searches that brought nothing any more did not spend. */
    Savings saved() {
        return saved;
    }

    /** Runs all tasks to their end, and returns what came of those that began, in the order in which they were added. */
    List<TaskSummary> run() throws InterruptedException {
        while (!turns.waiting().isEmpty() || !turns.open().isEmpty() || ending > 0) {
            if (stopped.getAsBoolean()) {
                stop();
            }
            giveTurns();
            inbox.runAll(TICK_MILLIS);
            step();
            shares.give();
        }
        tellSavings();
        return entries.stream()
                .map(entry -> entry.summary)
                .filter(summary -> summary != null)
                .toList();
    }

    private void tellSavings() {
        if (saved.tasks() > 0) {
            progress.message(String.format(
                    Locale.ROOT,
                    "%d of %d searches ended before their budgets, as they brought no more than %.0f %% in half of their trials: "
                            + "%d evaluations and about %.0f s were saved.",
                    saved.tasks(),
                    entries.size(),
                    100 * Payoff.NOISE,
                    saved.evaluations(),
                    saved.seconds()));
        }
    }

    private void stop() {
        turns.waiting().clear();
        begun.stream().filter(entry -> entry.phase != SweepEntry.Phase.ENDED).forEach(entry -> entry.task.cancel());
        searching().forEach(entry -> end(entry, ""));
        shares.refuseRaces(new CancellationException("The sweep was stopped."));
    }

    private List<SweepEntry> searching() {
        return turns.open().stream().filter(SweepEntry::isSearching).toList();
    }

    private void giveTurns() {
        for (Optional<SweepEntry> next = turns.next(); next.isPresent(); next = turns.next()) {
            if (next.get().phase == SweepEntry.Phase.WAITING) {
                begin(next.get());
            } else {
                next.get().turnStarts(System.nanoTime());
                touched.add(next.get());
            }
        }
    }

    private void begin(SweepEntry entry) {
        entry.phase = SweepEntry.Phase.BEGINNING;
        begun.add(entry);
        TaskRunner.Surroundings surroundings = new TaskRunner.Surroundings(
                beganAt(),
                message -> inbox.post(() -> deliver(entry, message)),
                threads,
                capacity,
                entry.watch,
                () -> turns.count(entry.measured()),
                () -> limit.evaluationsLeft(begun),
                new Lanes(entry));
        threads.beginnings().execute(() -> {
            try {
                String problem = entry.task.begin(surroundings);
                inbox.post(() -> begun(entry, problem));
            } catch (RuntimeException | Error e) {
                rethrow(e);
            }
        });
    }

    /** Later than any task's before, to the microsecond, which is what the store keeps. */
    private Instant beganAt() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        lastBeganAt = now.isAfter(lastBeganAt) ? now : lastBeganAt.plus(1, ChronoUnit.MICROS);
        return lastBeganAt;
    }

    private void begun(SweepEntry entry, String problem) {
        entry.phase = SweepEntry.Phase.SEARCHING;
        entry.turnStarts(System.nanoTime());
        if (!problem.isEmpty() || stopped.getAsBoolean()) {
            end(entry, problem);
        } else {
            touched.add(entry);
        }
    }

    /** A message for one task: whatever it throws is that task's end, and no other's. */
    private void deliver(SweepEntry entry, Runnable message) {
        touched.add(entry);
        try {
            message.run();
        } catch (RuntimeException e) {
            failed(entry, e);
        }
    }

    private void failed(SweepEntry entry, RuntimeException problem) {
        if (broken.getAsBoolean() && !(problem instanceof TaskFailure)) {
            throw problem;
        }
        if (entry.isSearching()) {
            end(entry, entry.task.problem(problem));
        } else {
            LOG.debug("After the end of {}", entry.task.plan().id(), problem);
        }
    }

    private void step() {
        long now = System.nanoTime();
        boolean tick = now - lastTickNanos >= TICK_MILLIS * 1_000_000;
        Collection<SweepEntry> due = tick ? List.copyOf(turns.open()) : List.copyOf(touched);
        touched.clear();
        for (SweepEntry entry : due) {
            if (entry.isSearching()) {
                step(entry);
            }
            shares.note(entry, now);
        }
        if (tick) {
            lastTickNanos = now;
            lookAtPayoffs();
            turns.toPause().forEach(entry -> entry.turnEnds(now));
            endWhereLimited(now);
        }
    }

    private void step(SweepEntry entry) {
        try {
            if (entry.task.search().step(entry.hasTurn)) {
                end(entry, "");
            }
        } catch (RuntimeException e) {
            failed(entry, e);
        }
    }

    private void lookAtPayoffs() {
        for (SweepEntry entry : searching()) {
            entry.look();
            // A lone task has nobody to leave the machine to, and a person who gave it this budget.
            if (entries.size() > 1 && entry.hasConverged()) {
                saved = saved.with(entry.task.plan().task().budget(), entry.told(), entry.watch.seconds());
                end(entry, "");
            }
        }
    }

    private void endWhereLimited(long now) {
        if (limit.timeIsOver(now) || limit.evaluationsAreUsed(begun)) {
            if (!turns.waiting().isEmpty()) {
                progress.message("The sweep's budget is used, and "
                        + turns.waiting().size() + " of its tasks have not begun. `sweep --resume` goes on with them.");
                turns.waiting().clear();
            }
            searching().forEach(entry -> end(entry, ""));
        } else if (ending < 2 * Math.max(1, capacity.gpuCount())
                && limit.timeToEnd(turns.open().size() + ending, now)) {
            turns.poorest().ifPresent(entry -> end(entry, ""));
        }
    }

    private void end(SweepEntry entry, String problem) {
        entry.phase = SweepEntry.Phase.ENDING;
        entry.turnEnds(System.nanoTime());
        entry.endingSinceNanos = System.nanoTime();
        entry.task.endSearch();
        turns.ended(entry);
        ending++;
        shares.note(entry, 0);
        threads.endings().execute(() -> {
            try {
                TaskSummary summary = entry.task.finish(problem);
                inbox.post(() -> ended(entry, summary));
            } catch (InterruptedException e) {
                // The loop has ended and waits for nobody.
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                rethrow(e);
            }
        });
    }

    private void rethrow(Throwable problem) {
        inbox.post(() -> {
            if (problem instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) problem;
        });
    }

    private void ended(SweepEntry entry, TaskSummary summary) {
        entry.phase = SweepEntry.Phase.ENDED;
        entry.summary = summary;
        ending--;
        if (summary.confirmation().isPresent()) {
            limit.ended((System.nanoTime() - entry.endingSinceNanos) / 1e9);
        }
    }

    /** Gives a task's races the lanes that they need, from the races' thread. */
    private final class Lanes implements Races.Lanes {
        private final SweepEntry entry;

        Lanes(SweepEntry entry) {
            this.entry = entry;
        }

        @Override
        public GpuLanes.Lane take() throws InterruptedException {
            CompletableFuture<GpuLanes.Lane> lane = new CompletableFuture<>();
            inbox.post(() -> {
                if (stopped.getAsBoolean()) {
                    lane.cancel(false);
                    return;
                }
                capacity.gpus().alone(entry.task.plan().id()).whenComplete((given, problem) -> {
                    if (problem == null) {
                        lane.complete(given);
                    } else {
                        lane.completeExceptionally(problem);
                    }
                });
            });
            try {
                return lane.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            }
        }

        @Override
        public void giveBack(GpuLanes.Lane lane) {
            inbox.post(() -> capacity.gpus().giveBack(lane));
        }
    }
}
