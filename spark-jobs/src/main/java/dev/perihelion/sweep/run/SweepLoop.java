package dev.perihelion.sweep.run;

import dev.perihelion.sweep.TaskSummary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 * it concerns goes on, and then workers and GPUs that are free are shared out. Beginning and ending a task, which wait for the
 * store and for races, happen on other threads.
 *
 * <p>A few tasks search at once ({@link Capacity#searches}), those of higher priority first. Compile workers go to the task that
 * has the fewest. A GPU goes to the task that waits the longest among those whose inputs it has, or to another that waits for
 * more than a second; a task that races has it for itself.
 */
final class SweepLoop {

    private static final Logger LOG = LoggerFactory.getLogger(SweepLoop.class);

    /** How long the loop waits for news before it looks at the clock. */
    private static final long TICK_MILLIS = 100;

    /** A task that waits for a GPU longer than this gets one, though another task's inputs are there. */
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    /** Where a task is on its way. */
    private enum Phase {
        WAITING,
        BEGINNING,
        SEARCHING,
        ENDING,
        ENDED
    }

    /** One task on its way. */
    private static final class Entry {
        private final TaskRunner task;
        private final TurnClock.Watch watch;
        private Phase phase = Phase.WAITING;
        private long readySinceNanos;
        private TaskSummary summary;

        Entry(TaskRunner task, TurnClock.Watch watch) {
            this.task = task;
            this.watch = watch;
        }

        boolean measured() {
            return task.plan().measured();
        }
    }

    private final Capacity capacity;
    private final Threads threads;
    private final BooleanSupplier stopped;
    private final BooleanSupplier broken;
    private final Inbox inbox = new Inbox();
    private final TurnClock clock = new TurnClock(System.nanoTime());
    private final List<Entry> entries = new ArrayList<>();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final Set<Entry> active = new LinkedHashSet<>();
    private final Set<Entry> touched = new LinkedHashSet<>();
    private final Set<Entry> wantCompilers = new LinkedHashSet<>();
    private final Map<Boolean, Set<Entry>> wantLanes =
            Map.of(true, new LinkedHashSet<>(), false, new LinkedHashSet<>());
    private int unfinished;
    private long lastTickNanos = System.nanoTime();

    /**
     * @param stopped whether to end soon
     * @param broken whether nothing can be run any more, so that a task's failure is the sweep's
     */
    SweepLoop(Capacity capacity, Threads threads, BooleanSupplier stopped, BooleanSupplier broken) {
        this.capacity = capacity;
        this.threads = threads;
        this.stopped = stopped;
        this.broken = broken;
    }

    /** Adds a task; those that were added first begin first. */
    void add(TaskRunner task) {
        Entry entry = new Entry(task, clock.watch());
        entries.add(entry);
        waiting.add(entry);
        unfinished++;
    }

    /** Lets the loop look around at once; from any thread. */
    void wake() {
        inbox.post(() -> {});
    }

    /** Runs all tasks to their end, and returns what came of those that began, in the order in which they were added. */
    List<TaskSummary> run() throws InterruptedException {
        while (unfinished > 0) {
            if (stopped.getAsBoolean()) {
                stop();
            }
            beginMore();
            inbox.runAll(TICK_MILLIS);
            step();
            shareCompilers();
            shareLanes(capacity.checkers(), wantLanes.get(false));
            if (capacity.gpus() != null) {
                shareLanes(capacity.gpus(), wantLanes.get(true));
            }
        }
        return entries.stream()
                .map(entry -> entry.summary)
                .filter(summary -> summary != null)
                .toList();
    }

    private void stop() {
        unfinished -= waiting.size();
        waiting.clear();
        for (Entry entry : List.copyOf(active)) {
            entry.task.cancel();
            if (entry.phase == Phase.SEARCHING) {
                end(entry, "");
            }
        }
        RuntimeException why = new CancellationException("The sweep was stopped.");
        capacity.checkers().refuseWishes(why);
        if (capacity.gpus() != null) {
            capacity.gpus().refuseWishes(why);
        }
    }

    private void beginMore() {
        for (Entry entry : List.copyOf(waiting)) {
            if (count(entry.measured()) < capacity.searches(entry.measured())) {
                waiting.remove(entry);
                begin(entry);
            }
        }
    }

    /** Tasks of a kind that search or are about to. */
    private int count(boolean measured) {
        return (int) active.stream()
                .filter(entry -> entry.measured() == measured && entry.phase != Phase.ENDING)
                .count();
    }

    private void begin(Entry entry) {
        entry.phase = Phase.BEGINNING;
        active.add(entry);
        TaskRunner.Surroundings surroundings = new TaskRunner.Surroundings(
                message -> inbox.post(() -> deliver(entry, message)),
                threads,
                capacity,
                entry.watch,
                () -> count(entry.measured()),
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

    private void begun(Entry entry, String problem) {
        entry.phase = Phase.SEARCHING;
        entry.watch.start(System.nanoTime());
        if (!problem.isEmpty() || stopped.getAsBoolean()) {
            end(entry, problem);
        } else {
            touched.add(entry);
        }
    }

    /** A message for one task: whatever it throws is that task's end, and no other's. */
    private void deliver(Entry entry, Runnable message) {
        touched.add(entry);
        try {
            message.run();
        } catch (RuntimeException e) {
            failed(entry, e);
        }
    }

    private void failed(Entry entry, RuntimeException problem) {
        if (broken.getAsBoolean() && !(problem instanceof TaskFailure)) {
            throw problem;
        }
        if (entry.phase != Phase.SEARCHING) {
            LOG.debug("After the end of {}", entry.task.plan().id(), problem);
            return;
        }
        end(entry, entry.task.problem(problem));
    }

    private void step() {
        long now = System.nanoTime();
        boolean tick = now - lastTickNanos >= TICK_MILLIS * 1_000_000;
        Collection<Entry> due = List.copyOf(tick ? active : touched);
        touched.clear();
        lastTickNanos = tick ? now : lastTickNanos;
        for (Entry entry : due) {
            if (entry.phase == Phase.SEARCHING) {
                try {
                    if (entry.task.search().step(true)) {
                        end(entry, "");
                    }
                } catch (RuntimeException e) {
                    failed(entry, e);
                }
            }
            note(entry, now);
        }
    }

    /** Notes what a task waits for. */
    private void note(Entry entry, long now) {
        boolean searching = entry.phase == Phase.SEARCHING;
        Set<Entry> ready = wantLanes.get(entry.measured());
        if (searching && entry.task.search().pipeline().isReady()) {
            if (ready.add(entry)) {
                entry.readySinceNanos = now;
            }
        } else {
            ready.remove(entry);
        }
        if (searching && entry.task.search().pipeline().toBuild() > 0) {
            wantCompilers.add(entry);
        } else {
            wantCompilers.remove(entry);
        }
    }

    private void shareCompilers() {
        int free = capacity.compileSlots().free();
        if (free == 0 || wantCompilers.isEmpty()) {
            return;
        }
        List<Entry> poorest = new ArrayList<>(wantCompilers);
        poorest.sort(
                Comparator.comparingInt(entry -> entry.task.search().pipeline().building()));
        int left = poorest.size();
        for (Entry entry : poorest) {
            int fair = Math.max(1, free / left--);
            int count = Math.min(
                    Math.min(fair, free), entry.task.search().pipeline().toBuild());
            if (count > 0) {
                guarded(entry, () -> entry.task.search().pipeline().build(count));
                free -= count;
            }
            note(entry, System.nanoTime());
        }
    }

    private void shareLanes(GpuLanes lanes, Set<Entry> ready) {
        if (lanes.allLost()) {
            lanes.refuseWishes(lanes.allLostFailure());
            List.copyOf(ready).forEach(entry -> failed(entry, lanes.allLostFailure()));
            ready.clear();
        }
        while (!ready.isEmpty()) {
            List<GpuLanes.Lane> open = lanes.open();
            if (open.isEmpty()) {
                return;
            }
            GpuLanes.Lane lane = open.get(0);
            Entry next = next(lane, ready);
            int room = Math.max(1, lanes.room() / ready.size());
            boolean alone = ready.size() == 1;
            ready.remove(next);
            guarded(next, () -> next.task.search().measure(lane, room, alone));
            // Behind the others now.
            note(next, System.nanoTime());
        }
    }

    private static Entry next(GpuLanes.Lane lane, Set<Entry> ready) {
        Entry longest = ready.iterator().next();
        if (System.nanoTime() - longest.readySinceNanos > PATIENCE_NANOS) {
            return longest;
        }
        Optional<Entry> known = ready.stream()
                .filter(entry -> lane.serves(entry.task.plan().id()))
                .findFirst();
        return known.orElse(longest);
    }

    private void guarded(Entry entry, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            failed(entry, e);
        }
    }

    private void end(Entry entry, String problem) {
        entry.phase = Phase.ENDING;
        entry.watch.stop(System.nanoTime());
        entry.task.endSearch();
        note(entry, 0);
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

    private void ended(Entry entry, TaskSummary summary) {
        entry.phase = Phase.ENDED;
        entry.summary = summary;
        active.remove(entry);
        unfinished--;
    }

    /** Gives a task's races the lanes that they need, from the races' thread. */
    private final class Lanes implements Races.Lanes {
        private final Entry entry;

        Lanes(Entry entry) {
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
