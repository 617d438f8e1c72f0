package dev.perihelion.executor;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Checks modules on the CPU under Triton's interpreter; gives {@link MeasureOutcome.Checked}, never a time. The
 * interpreter is slow, so jobs should have small arguments.
 */
public final class InterpreterWorker implements KernelMeasurer {

    /** Limit for one check. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

    private final WorkerProcess worker;
    private final Duration limit;
    private final ReentrantLock turn = new ReentrantLock(true);

    /** A worker with a limit for the reference and one for the kernel. */
    public InterpreterWorker(PythonRuntime runtime, Duration limit) {
        this.worker = new WorkerProcess(runtime, "interpret", Map.of("CUDA_VISIBLE_DEVICES", ""));
        this.limit = limit;
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
        turn.lockInterruptibly();
        try {
            worker.hello();
            return Answers.measured(worker.exchange(Requests.measure("check", job), limit, limit));
        } catch (WorkerFailure e) {
            return Answers.measureFailure(e);
        } finally {
            turn.unlock();
        }
    }

    /** The process's id, where it is running. */
    Optional<Long> pid() {
        return worker.pid();
    }

    @Override
    public void close() {
        worker.close();
    }
}
