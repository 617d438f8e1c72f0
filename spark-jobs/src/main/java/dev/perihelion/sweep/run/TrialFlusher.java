package dev.perihelion.sweep.run;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Stores told trials in the order of telling, a file at a time on another thread, so that the loop never waits for the store.
 * A trial is acknowledged when its file is there; then the listener hears of it.
 */
final class TrialFlusher {

    private static final int ROWS = 32;
    private static final long WAIT_NANOS = 1_000_000_000L;

    private final TrialWriter writer;
    private final Post inbox;
    private final ExecutorService threads;
    private final ProgressListener progress;
    private List<TrialRow> waiting = new ArrayList<>();
    private long oldestNanos;
    private Future<?> writing;
    private volatile boolean ended;

    TrialFlusher(TrialWriter writer, Post inbox, ExecutorService threads, ProgressListener progress) {
        this.writer = writer;
        this.inbox = inbox;
        this.threads = threads;
        this.progress = progress;
    }

    void add(TrialRow row) {
        if (waiting.isEmpty()) {
            oldestNanos = System.nanoTime();
        }
        waiting.add(row);
    }

    /**
     * Begins a file where enough has come and none is being written.
     *
     * @param state what the listener hears when the file is there
     */
    void flushIfDue(Supplier<ProgressListener.Batch> state) {
        boolean late = System.nanoTime() - oldestNanos >= WAIT_NANOS;
        boolean due = waiting.size() >= ROWS || (!waiting.isEmpty() && late);
        if (due && writing == null) {
            List<TrialRow> rows = waiting;
            ProgressListener.Batch told = state.get();
            waiting = new ArrayList<>();
            writing = threads.submit(() -> {
                try {
                    writer.append(rows);
                    inbox.post(() -> written(told));
                } catch (RuntimeException e) {
                    inbox.post(() -> {
                        throw e;
                    });
                    throw e;
                }
            });
        }
    }

    private void written(ProgressListener.Batch told) {
        if (!ended) {
            writing = null;
            progress.batchFinished(told);
        }
    }

    /** The loop has done with it: what is left is for {@link #flushAll}. */
    void end() {
        ended = true;
    }

    /** Stores all that is left, and returns when it is there. From any thread, after {@link #end}. */
    void flushAll(ProgressListener.Batch state) throws InterruptedException {
        if (writing == null && waiting.isEmpty()) {
            return;
        }
        try {
            if (writing != null) {
                writing.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
        writer.append(waiting);
        progress.batchFinished(state);
    }
}
