package dev.perihelion.sweep.run;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What other threads have for the loop's thread. */
final class Inbox implements Post {

    private final BlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();

    @Override
    public void post(Runnable message) {
        messages.add(message);
    }

    /** Runs what has come; waits up to {@code millis} for the first. What a message throws is thrown here. */
    void runAll(long millis) throws InterruptedException {
        Runnable message = messages.poll(millis, TimeUnit.MILLISECONDS);
        while (message != null) {
            message.run();
            message = messages.poll();
        }
    }
}
