package dev.perihelion.sweep.run;

import dev.perihelion.sweep.store.StoreException;
import java.time.Duration;

/** Whether a store that failed is tried again, and when. For one thread at a time. */
final class Outage {

    /** How often a store that fails is tried again. */
    static final Patience PATIENCE =
            new Patience(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(10));

    /**
     * How often a store that fails is tried again.
     *
     * @param first pause, which doubles with each failure
     * @param longest pause
     * @param whole time from the first failure until it is given up
     */
    record Patience(Duration first, Duration longest, Duration whole) {}

    private final Patience patience;
    private boolean on;
    private long sinceNanos;
    private long pauseNanos;
    private long nextNanos;

    Outage(Patience patience) {
        this.patience = patience;
    }

    /** Whether the last attempt failed. */
    boolean isOn() {
        return on;
    }

    /** Whether it is time for another attempt. */
    boolean isDue(long now) {
        return now - nextNanos >= 0;
    }

    /** How long to wait for the next attempt, in nanoseconds. */
    long waitNanos(long now) {
        return Math.max(0, nextNanos - now);
    }

    /** How long it has been failing. */
    Duration length(long now) {
        return on ? Duration.ofNanos(now - sinceNanos) : Duration.ZERO;
    }

    /**
     * An attempt failed.
     *
     * @return whether to try again; not where time does not help, or it has been failing for too long
     */
    boolean failed(RuntimeException problem, long now) {
        if (!on) {
            on = true;
            sinceNanos = now;
            pauseNanos = patience.first().toNanos();
        } else {
            pauseNanos = Math.min(2 * pauseNanos, patience.longest().toNanos());
        }
        nextNanos = now + pauseNanos;
        return problem instanceof StoreException store
                && store.mayPass()
                && now - sinceNanos < patience.whole().toNanos();
    }

    /** An attempt succeeded. */
    void over() {
        on = false;
    }
}
