package dev.perihelion.sweep.run;

import dev.perihelion.sweep.store.StoreException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits for a store that cannot be reached. For threads that may wait; the loop's may not, see {@link TrialFlusher}. */
final class StoreRetry {

    private final Consumer<String> messages;
    private final BooleanSupplier hurry;
    private final Outage.Patience patience;

    /**
     * A retry.
     *
     * @param messages hears when the store fails and when it works again
     * @param hurry whether nothing is tried again any more
     */
    StoreRetry(Consumer<String> messages, BooleanSupplier hurry, Outage.Patience patience) {
        this.messages = messages;
        this.hurry = hurry;
        this.patience = patience;
    }

    /**
     * Does something with the store.
     *
     * @param what is done, as "Task x cannot be written": the beginning of a message
     * @throws StoreException the last one, where it is given up
     */
    <T> T call(String what, Supplier<T> action) {
        Outage outage = new Outage(patience);
        while (true) {
            try {
                T value = action.get();
                if (outage.isOn()) {
                    messages.accept("The store works again.");
                }
                return value;
            } catch (StoreException e) {
                boolean first = !outage.isOn();
                long now = System.nanoTime();
                if (!outage.failed(e, now) || hurry.getAsBoolean()) {
                    throw e;
                }
                if (first) {
                    messages.accept(what + " for now: " + e.getMessage() + " It is tried again for up to "
                            + patience.whole().toMinutes() + " min.");
                }
                pause(outage, now, e);
            }
        }
    }

    /** The same for what has no result. */
    void run(String what, Runnable action) {
        call(what, () -> {
            action.run();
            return true;
        });
    }

    private static void pause(Outage outage, long now, StoreException problem) {
        try {
            TimeUnit.NANOSECONDS.sleep(outage.waitNanos(now));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw problem;
        }
    }
}
