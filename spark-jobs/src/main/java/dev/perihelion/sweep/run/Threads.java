package dev.perihelion.sweep.run;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads beside the loop's, which all tasks share.
 *
 * @param strategies where strategies think
 * @param store where told trials are written
 * @param beginnings where tasks begin
 * @param endings where tasks end, with races that wait for a GPU
 */
record Threads(ExecutorService strategies, ExecutorService store, ExecutorService beginnings, ExecutorService endings)
        implements AutoCloseable {

    private static final int WRITERS = 4;
    private static final int BEGINNINGS = 4;

    /** Threads for so many places that measure or check. */
    static Threads of(int lanes) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Threads(
                Executors.newFixedThreadPool(Math.max(2, cores), named("search strategy")),
                Executors.newFixedThreadPool(WRITERS, named("perihelion-store")),
                Executors.newFixedThreadPool(BEGINNINGS, named("perihelion-begin")),
                Executors.newFixedThreadPool(2 * lanes + 2, named("perihelion-end")));
    }

    private static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + " " + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void close() {
        strategies.shutdownNow();
        store.shutdownNow();
        beginnings.shutdownNow();
        endings.shutdownNow();
    }
}
