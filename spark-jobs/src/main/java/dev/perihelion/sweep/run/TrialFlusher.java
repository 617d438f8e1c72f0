package dev.perihelion.sweep.run;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.store.StoreException;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Stores told trials in the order of telling, a file at a time on another thread, so that the loop never waits for the store.
 * A trial is acknowledged when its file is there; then the listener hears of it. While the store cannot be written, trials wait in
 * memory and the search goes on.
 */
final class TrialFlusher {

    private static final int ROWS = 32;
    private static final long WAIT_NANOS = 1_000_000_000L;

    /** How long a sweep that was stopped waits for a store that fails. */
    private static final Duration HURRY = Duration.ofSeconds(30);

    private static final int NAMED = 20;

    private final String task;
    private final TrialWriter writer;
    private final Post inbox;
    private final ExecutorService threads;
    private final ProgressListener progress;
    private final Outage outage;
    private List<TrialRow> waiting = new ArrayList<>();
    private List<TrialRow> underWay = List.of();
    private long oldestNanos;
    private Future<?> writing;
    private boolean givenUp;
    private volatile boolean ended;

    TrialFlusher(
            String task,
            TrialWriter writer,
            Post inbox,
            ExecutorService threads,
            ProgressListener progress,
            Outage.Patience patience) {
        this.task = task;
        this.writer = writer;
        this.inbox = inbox;
        this.threads = threads;
        this.progress = progress;
        this.outage = new Outage(patience);
    }

    void add(TrialRow row) {
        if (waiting.isEmpty()) {
            oldestNanos = System.nanoTime();
        }
        waiting.add(row);
    }

    /**
     * Begins a file where enough has come, or a failing store is to be tried again, and none is being written.
     *
     * @param state what the listener hears when the file is there
     */
    void flushIfDue(Supplier<ProgressListener.Batch> state) {
        if (writing != null || waiting.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        boolean enough = waiting.size() >= ROWS || now - oldestNanos >= WAIT_NANOS;
        if (outage.isOn() ? outage.isDue(now) : enough) {
            List<TrialRow> rows = waiting;
            ProgressListener.Batch told = state.get();
            waiting = new ArrayList<>();
            underWay = rows;
            writing = threads.submit(() -> {
                try {
                    writer.append(rows);
                    inbox.post(() -> written(rows, told));
                } catch (RuntimeException e) {
                    inbox.post(() -> failed(e));
                    throw e;
                }
            });
        }
    }

    private void written(List<TrialRow> rows, ProgressListener.Batch told) {
        if (!ended) {
            writing = null;
            underWay = List.of();
            works(rows);
            progress.batchFinished(told);
        }
    }

    private void works(List<TrialRow> rows) {
        if (outage.isOn()) {
            outage.over();
            progress.message(
                    "The store works again: " + rows.size() + " trials of task " + task + " that waited are written.");
        }
    }

    /** On the loop's thread: what was to be written waits again, before what has come since. */
    private void failed(RuntimeException problem) {
        if (ended) {
            return;
        }
        writing = null;
        List<TrialRow> all = new ArrayList<>(underWay);
        all.addAll(waiting);
        waiting = all;
        underWay = List.of();
        tryAgainOrThrow(problem, false);
    }

    private void tryAgainOrThrow(RuntimeException problem, boolean hurry) {
        boolean first = !outage.isOn();
        long now = System.nanoTime();
        boolean again = outage.failed(problem, now);
        if (!again || givenUp || (hurry && outage.length(now).compareTo(HURRY) >= 0)) {
            givenUp = true;
            throw problem instanceof StoreException ? new TaskFailure(lost(problem)) : problem;
        }
        if (first) {
            progress.message("Trials of task " + task + " cannot be stored for now: " + problem.getMessage()
                    + " The search goes on with them in memory, and writing is tried again.");
        }
    }

    private String lost(RuntimeException problem) {
        String numbers = waiting.stream()
                .limit(NAMED)
                .map(row -> Long.toString(row.trial().number()))
                .collect(Collectors.joining(", "));
        String more = waiting.size() > NAMED ? " and " + (waiting.size() - NAMED) + " more" : "";
        return "The store could not be written: " + problem.getMessage() + " Results of " + waiting.size()
                + " trials are not in it (numbers " + numbers + more + "). When it can be written again, "
                + "`perihelion sweep --resume` evaluates them again and goes on.";
    }

    /** The loop has done with it: what is left is for {@link #flushAll}. */
    void end() {
        ended = true;
    }

    /**
     * Stores all that is left, and returns when it is there. From any thread, after {@link #end}.
     *
     * @param hurry whether a store that fails is not waited for long
     * @throws TaskFailure where it cannot be stored; the message names it
     */
    void flushAll(ProgressListener.Batch state, BooleanSupplier hurry) throws InterruptedException {
        if (writing == null && waiting.isEmpty()) {
            return;
        }
        List<TrialRow> left = new ArrayList<>(underWay);
        left.addAll(waiting);
        waiting = left;
        if (writing != null) {
            try {
                writing.get();
            } catch (ExecutionException e) {
                // It is in what is left, and tried again with that; what is stored already is not stored twice.
            }
        }
        while (true) {
            try {
                writer.append(waiting);
                break;
            } catch (StoreException e) {
                tryAgainOrThrow(e, hurry.getAsBoolean());
                TimeUnit.NANOSECONDS.sleep(outage.waitNanos(System.nanoTime()));
            }
        }
        works(waiting);
        progress.batchFinished(state);
    }
}
