package dev.perihelion.sweep.fake;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What the GPUs of one {@link FakeToolchain} did, by its name, and whether two jobs were ever on one of them. */
public final class GpuLog {

    private static final Map<String, GpuLog> BY_TOOLCHAIN = new ConcurrentHashMap<>();

    private final List<Job> jobs = new CopyOnWriteArrayList<>();
    private final List<String> mistakes = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();

    private GpuLog() {}

    /**
     * A job that has ended.
     *
     * @param gpu its address
     * @param task its task's id
     * @param race whether it was a race
     * @param startNanos when it began
     * @param endNanos when it ended
     */
    public record Job(String gpu, String task, boolean race, long startNanos, long endNanos) {}

    public static GpuLog of(FakeToolchain toolchain) {
        return BY_TOOLCHAIN.computeIfAbsent(toolchain.name(), name -> new GpuLog());
    }

    /** The jobs in the order in which they ended. */
    public List<Job> jobs() {
        return jobs;
    }

    /** Jobs of a GPU. */
    public long count(String gpu) {
        return jobs.stream().filter(job -> job.gpu().equals(gpu)).count();
    }

    /** Two jobs on one GPU, or a job on a worker that was ended. */
    public List<String> mistakes() {
        return mistakes;
    }

    interface Work<T> {
        T run() throws InterruptedException;
    }

    <T> T on(String gpu, String id, boolean closed, Work<T> work) throws InterruptedException {
        AtomicInteger here = running.computeIfAbsent(gpu, key -> new AtomicInteger());
        if (here.incrementAndGet() > 1) {
            mistakes.add(id + " began while another job was on GPU " + gpu);
        }
        if (closed) {
            mistakes.add(id + " came to a worker that was ended");
        }
        long start = System.nanoTime();
        try {
            return work.run();
        } finally {
            here.decrementAndGet();
            String task = id.substring(0, id.indexOf('#'));
            boolean race = id.endsWith("#race") || id.endsWith("#accept");
            jobs.add(new Job(gpu, task, race, start, System.nanoTime()));
        }
    }
}
