package dev.perihelion.sweep.stage;

import dev.perihelion.executor.KernelBuilder;
import dev.perihelion.executor.KernelMeasurer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker processes of this JVM: one pool of compile workers, one worker for each GPU, as many checking workers as run at
 * once. They outlive Spark tasks, because starting one costs seconds, and end with the sweep or with the JVM.
 *
 * <p>A GPU's worker is shared: two tasks may hold it, so that the second one's job is ready when the first one's ends; the
 * worker itself runs one job at a time.
 */
public final class Workers {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Object LOCK = new Object();
    private static final Map<String, KernelBuilder> BUILDERS = new HashMap<>();
    private static final Map<String, KernelMeasurer> GPUS = new HashMap<>();
    private static final Map<String, Deque<KernelMeasurer>> IDLE_CHECKERS = new HashMap<>();
    private static int users;
    private static int closings;
    private static boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Workers::end, "perihelion-workers-shutdown"));
    }

    private Workers() {}

    /** A worker in use; closing gives it back. */
    public record Lease(KernelMeasurer measurer, Runnable giveBack) implements AutoCloseable {

        @Override
        public void close() {
            giveBack.run();
        }
    }

    /** The compile workers in use; closing gives them back. */
    public record BuilderLease(KernelBuilder builder) implements AutoCloseable {

        @Override
        public void close() {
            leave(() -> {});
        }
    }

    static BuilderLease builder(StageContext context) {
        return builder(context.toolchain(), context.builders());
    }

    /** The compile workers of this process; they stay for the sweep that follows. */
    public static BuilderLease builder(Toolchain toolchain, int workers) {
        synchronized (LOCK) {
            KernelBuilder builder = open(toolchain, workers);
            users++;
            return new BuilderLease(builder);
        }
    }

    /** Lets the compile workers of this process start while other things are done; returns at once. */
    public static void startBuilder(Toolchain toolchain, int workers) {
        KernelBuilder builder;
        synchronized (LOCK) {
            builder = open(toolchain, workers);
        }
        inBackground("perihelion-start-compilers", builder::start);
    }

    /**
     * Lets the workers start that measure or, where there is no GPU, one that checks, while other things are done; returns at
     * once. What goes wrong is told by their first use.
     */
    public static void startMeasurers(Toolchain toolchain) {
        List<String> gpus = toolchain.gpuAddresses();
        synchronized (LOCK) {
            refuseWhenEnding();
            if (gpus.isEmpty()) {
                Deque<KernelMeasurer> idle = IDLE_CHECKERS.computeIfAbsent(toolchain.id(), id -> new ArrayDeque<>());
                if (idle.isEmpty()) {
                    idle.push(toolchain.openInterpreter());
                }
                start(idle.peek());
            }
            gpus.forEach(
                    address -> start(GPUS.computeIfAbsent(key(toolchain, address), key -> toolchain.openGpu(address))));
        }
    }

    /** Whoever uses it meanwhile waits for the same start. */
    private static void start(KernelMeasurer measurer) {
        inBackground("perihelion-start-measurer", () -> askOf(measurer));
    }

    private static void askOf(KernelMeasurer measurer) throws InterruptedException {
        try {
            measurer.info();
        } catch (IllegalStateException e) {
            LOG.debug("A worker did not start.", e);
        }
    }

    private interface Start {
        void run() throws InterruptedException;
    }

    private static void inBackground(String name, Start start) {
        Thread thread = new Thread(
                () -> {
                    try {
                        start.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static KernelBuilder open(Toolchain toolchain, int workers) {
        refuseWhenEnding();
        return BUILDERS.computeIfAbsent(toolchain.id(), id -> toolchain.openBuilder(workers));
    }

    /** The worker of a slot, for one Spark task. */
    static Lease measurer(StageContext context, MeasureSlot slot) {
        return slot.gpu() ? gpu(context.toolchain(), slot.address()) : interpreter(context.toolchain());
    }

    /** The worker of a GPU; it starts on its first use. */
    public static Lease gpu(Toolchain toolchain, String address) {
        synchronized (LOCK) {
            refuseWhenEnding();
            KernelMeasurer gpu = GPUS.computeIfAbsent(key(toolchain, address), key -> toolchain.openGpu(address));
            users++;
            return new Lease(gpu, () -> leave(() -> {}));
        }
    }

    /** A worker of a GPU in a new process; the GPU's present one ends. */
    static Lease freshGpu(Toolchain toolchain, String address) {
        KernelMeasurer old;
        synchronized (LOCK) {
            old = GPUS.remove(key(toolchain, address));
        }
        if (old != null) {
            old.close();
        }
        return gpu(toolchain, address);
    }

    /** A checking worker, for one user at a time. */
    public static Lease interpreter(Toolchain toolchain) {
        synchronized (LOCK) {
            refuseWhenEnding();
            Deque<KernelMeasurer> idle = IDLE_CHECKERS.computeIfAbsent(toolchain.id(), id -> new ArrayDeque<>());
            KernelMeasurer checker = idle.isEmpty() ? toolchain.openInterpreter() : idle.pop();
            users++;
            int mine = closings;
            return new Lease(checker, () -> leave(() -> giveBack(idle, checker, mine)));
        }
    }

    /**
     * Ends all worker processes of this JVM. Waits a while for those in use; then they end all the same, and the configurations
     * that they hold are lost.
     */
    public static void closeAll(Duration patience) throws InterruptedException {
        synchronized (LOCK) {
            long deadline = System.nanoTime() + patience.toNanos();
            for (long left = patience.toNanos(); users > 0 && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(LOCK, left);
            }
            close();
        }
    }

    private static void end() {
        synchronized (LOCK) {
            ending = true;
            close();
        }
    }

    private static void close() {
        closings++;
        BUILDERS.values().forEach(KernelBuilder::close);
        BUILDERS.clear();
        GPUS.values().forEach(KernelMeasurer::close);
        GPUS.clear();
        IDLE_CHECKERS.values().forEach(idle -> idle.forEach(KernelMeasurer::close));
        IDLE_CHECKERS.values().forEach(Deque::clear);
    }

    private static void refuseWhenEnding() {
        if (ending) {
            throw new IllegalStateException("This process is ending and starts no more workers.");
        }
    }

    private static void leave(Runnable giveBack) {
        synchronized (LOCK) {
            giveBack.run();
            users--;
            LOCK.notifyAll();
        }
    }

    private static void giveBack(Deque<KernelMeasurer> idle, KernelMeasurer checker, int closingsBefore) {
        if (closings == closingsBefore) {
            idle.push(checker);
        } else {
            checker.close();
        }
    }

    private static String key(Toolchain toolchain, String address) {
        return toolchain.id() + "|" + address;
    }
}
