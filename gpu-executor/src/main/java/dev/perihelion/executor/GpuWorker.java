package dev.perihelion.executor;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Checks and times on one GPU, through one worker process that holds the GPU's lock. The limit for a configuration's
 * runs is the policy's; inputs and the reference, which come first and are kept from job to job, have a limit of their
 * own.
 */
public final class GpuWorker implements KernelMeasurer {

    /** Limit for inputs, reference and loading, before a configuration runs. */
    public static final Duration DEFAULT_PREPARE_LIMIT = Duration.ofSeconds(300);

    private static final Duration COMPILE_LIMIT = Duration.ofSeconds(120);

    private final WorkerProcess worker;
    private final Duration prepareLimit;
    private final ReentrantLock turn = new ReentrantLock(true);

    /**
     * A worker.
     *
     * @param runtime which Python
     * @param visibleDevice what {@code CUDA_VISIBLE_DEVICES} names: a number or a {@code GPU-...} UUID; its first is used
     * @param prepareLimit for everything before a configuration runs
     */
    public GpuWorker(PythonRuntime runtime, String visibleDevice, Duration prepareLimit) {
        this.worker = new WorkerProcess(runtime, "gpu", Map.of("CUDA_VISIBLE_DEVICES", visibleDevice));
        this.prepareLimit = prepareLimit;
    }

    /** A worker on the first GPU that the environment shows. */
    public GpuWorker(PythonRuntime runtime) {
        this.worker = new WorkerProcess(runtime, "gpu", Map.of());
        this.prepareLimit = DEFAULT_PREPARE_LIMIT;
    }

    @Override
    public WorkerInfo info() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            return Answers.info(worker.hello());
        } catch (WorkerFailure e) {
            throw new IllegalStateException(e.reason(), e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public MeasureOutcome measure(MeasureJob job) throws InterruptedException {
        if (job.artefact().isEmpty()) {
            throw new IllegalArgumentException("Job `" + job.id() + "` has no artefact, which a GPU worker needs.");
        }
        return exchange(Requests.measure("measure", job), job.policy());
    }

    /** Times a function of the user's file with the same clock; the error of the outcome is 0, nothing is compared. */
    public MeasureOutcome timeFunction(FunctionJob job) throws InterruptedException {
        return exchange(Requests.timeFunction(job), job.policy());
    }

    @Override
    public RaceOutcome race(RaceJob job) throws InterruptedException {
        for (RaceJob.Entrant entrant : job.entrants()) {
            if (entrant.artefact().isEmpty()) {
                throw new IllegalArgumentException("Entrant `" + entrant.name() + "` of race `" + job.id()
                        + "` has no artefact, which a GPU worker needs.");
            }
        }
        turn.lockInterruptibly();
        try {
            worker.hello();
            // The worker tells of every check and every few rounds, from which the limit counts anew.
            Duration limit = Duration.ofMillis(job.policy().runTimeoutMillis());
            return Answers.raced(worker.exchange(Requests.race(job), prepareLimit, limit));
        } catch (WorkerFailure e) {
            return new RaceOutcome.Failed(Answers.runOutcome(e), e.reason());
        } finally {
            turn.unlock();
        }
    }

    @Override
    public CompileOutcome compile(CompileJob job) throws InterruptedException {
        turn.lockInterruptibly();
        long start = System.nanoTime();
        try {
            worker.hello();
            start = System.nanoTime();
            return Answers.compiled(
                    worker.exchange(Requests.compile(job, COMPILE_LIMIT), COMPILE_LIMIT, COMPILE_LIMIT));
        } catch (WorkerFailure e) {
            return Answers.compileFailure(e, millisSince(start));
        } finally {
            turn.unlock();
        }
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private MeasureOutcome exchange(Frame request, MeasurePolicy policy) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            worker.hello();
            return Answers.measured(
                    worker.exchange(request, prepareLimit, Duration.ofMillis(policy.runTimeoutMillis())));
        } catch (WorkerFailure e) {
            return Answers.measureFailure(e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
