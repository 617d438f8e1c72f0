package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Compiles on several worker processes at once. Processes start when they are first needed; the one used last is used
 * next, so that a pool that is larger than its load starts no more than that.
 */
public final class CompileWorkerPool implements KernelBuilder {

    /** Limit for one compilation, from the moment a worker starts on it. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

    private static final Duration INPUTS_LIMIT = Duration.ofSeconds(120);

    private final Duration limit;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final LinkedBlockingDeque<WorkerProcess> idle = new LinkedBlockingDeque<>();

    /**
     * A pool.
     *
     * @param runtime which Python
     * @param size how many processes at most; each needs about 1 GB of memory and one core
     * @param limit for one compilation; waiting for a free worker and starting one do not count
     */
    public CompileWorkerPool(PythonRuntime runtime, int size, Duration limit) {
        if (size < 1) {
            throw new IllegalArgumentException("A pool needs at least one worker, not " + size + ".");
        }
        this.limit = limit;
        for (int i = 0; i < size; i++) {
            // One compilation uses one core; libraries that start a thread for each core only get in each other's way.
            WorkerProcess worker =
                    new WorkerProcess(runtime, "compile", Map.of("OMP_NUM_THREADS", "1", "CUDA_VISIBLE_DEVICES", ""));
            workers.add(worker);
            idle.add(worker);
        }
    }

    @Override
    public CompileOutcome compile(CompileJob job) throws InterruptedException {
        Frame request = Requests.compile(job);
        WorkerProcess worker = idle.take();
        long start = System.nanoTime();
        try {
            worker.hello();
            start = System.nanoTime();
            Frame answer = worker.exchange(request, limit, limit);
            return Answers.compiled(answer, millisSince(start));
        } catch (WorkerFailure e) {
            return Answers.compileFailure(e, millisSince(start));
        } finally {
            idle.addFirst(worker);
        }
    }

    /**
     * Asks a function of the user's file, called as {@code function(device=...)}, which arguments it gives.
     *
     * @param names of the kernel's parameters, in order
     */
    public InputsOutcome describeInputs(KernelFile file, String function, List<String> names)
            throws InterruptedException {
        WorkerProcess worker = idle.take();
        try {
            worker.hello();
            return Answers.inputs(
                    worker.exchange(Requests.describeInputs(file, function, names), INPUTS_LIMIT, INPUTS_LIMIT));
        } catch (WorkerFailure e) {
            Outcome outcome = e.kind() == WorkerFailure.Kind.DIED ? Outcome.WORKER_DIED : Outcome.INFRASTRUCTURE;
            return new InputsOutcome.Failed(outcome, e.reason());
        } finally {
            idle.addFirst(worker);
        }
    }

    /** What a worker says of itself; starts one where none runs. */
    public WorkerInfo info() throws InterruptedException {
        WorkerProcess worker = idle.take();
        try {
            return Answers.info(worker.hello());
        } catch (WorkerFailure e) {
            throw new IllegalStateException(e.reason(), e);
        } finally {
            idle.addFirst(worker);
        }
    }

    /** The ids of the processes that run now. */
    List<Long> pids() {
        return workers.stream().flatMap(worker -> worker.pid().stream()).toList();
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    /** Ends all processes, those at work included. */
    @Override
    public void close() {
        workers.forEach(WorkerProcess::close);
    }
}
