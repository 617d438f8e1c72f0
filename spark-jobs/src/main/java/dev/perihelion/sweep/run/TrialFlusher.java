package dev.perihelion.sweep.run;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Stores told trials in the order of telling, a file at a time on a thread of its own, so that the loop never waits for the
 * store. A trial is acknowledged when its file is there; then the listener hears of it, on the loop's thread.
 */
final class TrialFlusher implements AutoCloseable {

    private static final int ROWS = 32;
    private static final long WAIT_NANOS = 1_000_000_000L;

    private final TrialWriter writer;
    private final Inbox inbox;
    private final ProgressListener progress;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(run -> {
        Thread made = new Thread(run, "perihelion-store");
        made.setDaemon(true);
        return made;
    });
    private List<TrialRow> waiting = new ArrayList<>();
    private long oldestNanos;
    private Future<?> writing;

    TrialFlusher(TrialWriter writer, Inbox inbox, ProgressListener progress) {
        this.writer = writer;
        this.inbox = inbox;
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
            writing = thread.submit(() -> {
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
        writing = null;
        progress.batchFinished(told);
    }

    /** Stores all that is left, and returns when it is there. */
    void flushAll(Supplier<ProgressListener.Batch> state) throws InterruptedException {
        if (writing == null && waiting.isEmpty()) {
            return;
        }
        List<TrialRow> rows = waiting;
        waiting = new ArrayList<>();
        try {
            if (writing != null) {
                writing.get();
            }
            thread.submit(() -> writer.append(rows)).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
        writing = null;
        progress.batchFinished(state.get());
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
