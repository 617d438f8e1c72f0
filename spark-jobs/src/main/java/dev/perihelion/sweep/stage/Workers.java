package dev.perihelion.sweep.stage;

import dev.perihelion.executor.KernelBuilder;
import dev.perihelion.executor.KernelMeasurer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The worker processes of this JVM: one pool of compile workers, one worker for each GPU, as many checking workers as run at
 * once. They outlive Spark tasks, because starting one costs seconds, and end with the JVM.
 */
public final class Workers {

    private static final Map<String, KernelBuilder> BUILDERS = new HashMap<>();
    private static final Map<String, Deque<KernelMeasurer>> IDLE = new HashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Workers::closeAll, "perihelion-workers-shutdown"));
    }

    private Workers() {}

    static KernelBuilder builder(StageContext context) {
        synchronized (BUILDERS) {
            return BUILDERS.computeIfAbsent(
                    context.toolchain().id(), id -> context.toolchain().openBuilder(context.builders()));
        }
    }

    /** Takes the worker of a slot for one Spark task, and starts it where it does not run. */
    static Lease measurer(StageContext context, MeasureSlot slot) {
        return slot.gpu() ? gpu(context.toolchain(), slot.address()) : interpreter(context.toolchain());
    }

    /** Takes the worker of a GPU. */
    public static Lease gpu(Toolchain toolchain, String address) {
        return lease(toolchain.id() + "|gpu|" + address, () -> toolchain.openGpu(address));
    }

    /** Takes a checking worker. */
    public static Lease interpreter(Toolchain toolchain) {
        return lease(toolchain.id() + "|interpreter", toolchain::openInterpreter);
    }

    private static Lease lease(String key, Supplier<KernelMeasurer> open) {
        synchronized (IDLE) {
            KernelMeasurer idle =
                    IDLE.computeIfAbsent(key, k -> new ArrayDeque<>()).poll();
            if (idle != null) {
                return new Lease(key, idle);
            }
        }
        return new Lease(key, open.get());
    }

    /** A worker in use; closing gives it back. */
    public record Lease(String key, KernelMeasurer measurer) implements AutoCloseable {

        /** Ends the process; the slot's next user gets a fresh one. */
        Lease restart(Supplier<Lease> again) {
            measurer.close();
            return again.get();
        }

        @Override
        public void close() {
            synchronized (IDLE) {
                IDLE.computeIfAbsent(key, k -> new ArrayDeque<>()).push(measurer);
            }
        }
    }

    /** Ends all worker processes of this JVM that are not in use. */
    public static void closeAll() {
        synchronized (BUILDERS) {
            BUILDERS.values().forEach(KernelBuilder::close);
            BUILDERS.clear();
        }
        synchronized (IDLE) {
            IDLE.values().forEach(idle -> idle.forEach(KernelMeasurer::close));
            IDLE.clear();
        }
    }
}
