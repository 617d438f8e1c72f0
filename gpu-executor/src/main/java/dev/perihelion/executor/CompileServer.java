package dev.perihelion.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.executor.WorkerFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of one process that does many jobs at once, each in a child of its own: starts it on first use and again where
 * it has gone. The process watches over its children; this class watches over the process. Safe for use by many threads.
 */
final class CompileServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CompileServer.class);

    // Libraries that start threads would hinder a process that forks, and one compilation uses one core.
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "OMP_NUM_THREADS", "1",
            "MKL_NUM_THREADS", "1",
            "OPENBLAS_NUM_THREADS", "1",
            "CUDA_VISIBLE_DEVICES", "");

    private final PythonRuntime runtime;
    private final List<String> arguments;
    private CompileConnection connection;
    private boolean closed;

    /**
     * A server that does not run yet.
     *
     * @param children how many jobs run at once
     * @param memoryMebibytes that one job may use
     */
    CompileServer(PythonRuntime runtime, int children, long memoryMebibytes) {
        this.runtime = runtime;
        this.arguments = List.of(
                "compile", "--children", String.valueOf(children), "--memory-mib", String.valueOf(memoryMebibytes));
    }

    /** What the process said when it started; starts it where it is not running. */
    ObjectNode hello() throws WorkerFailure, InterruptedException {
        return ready().hello().join();
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @param limit from sending to the answer; where it passes, the process itself hangs, and is ended with all its jobs
     * @throws WorkerFailure where there is no answer; the process is gone then
     */
    Frame exchange(Frame request, Duration limit) throws WorkerFailure, InterruptedException {
        CompileConnection now = ready();
        CompileConnection.Call call = now.send(request);
        try {
            return get(call.answer(), limit);
        } catch (InterruptedException e) {
            now.cancel(call);
            throw e;
        } catch (TimeoutException e) {
            now.fail(new WorkerFailure(
                    Kind.PROTOCOL, "The compile server did not answer within " + limit.toSeconds() + " s."));
            return answerOrFailure(call);
        }
    }

    /** The process's id, where it is running. */
    synchronized Optional<Long> pid() {
        return Optional.ofNullable(connection).filter(CompileConnection::isOpen).map(CompileConnection::pid);
    }

    /** The ids of its children. */
    synchronized List<Long> children() {
        return connection == null ? List.of() : connection.children();
    }

    private CompileConnection ready() throws WorkerFailure, InterruptedException {
        CompileConnection now = connect();
        try {
            get(now.hello(), LaunchedWorker.START_LIMIT);
        } catch (TimeoutException e) {
            now.fail(WorkerFailure.timeout(Kind.CANNOT_START, LaunchedWorker.START_LIMIT.toNanos()));
            throw now.failure();
        }
        return now;
    }

    private synchronized CompileConnection connect() throws WorkerFailure {
        if (closed) {
            throw new WorkerFailure(Kind.CANNOT_START, "The worker's owner is closed.");
        }
        if (connection == null || !connection.isOpen()) {
            if (connection != null) {
                LOG.info("The compile server is started again.");
            }
            connection = CompileConnection.open(LaunchedWorker.launch(runtime, arguments, ENVIRONMENT));
        }
        return connection;
    }

    private static Frame answerOrFailure(CompileConnection.Call call) throws WorkerFailure, InterruptedException {
        try {
            return get(call.answer(), Duration.ofSeconds(1));
        } catch (TimeoutException e) {
            throw new IllegalStateException("A failed connection leaves no call open.", e);
        }
    }

    private static <T> T get(CompletableFuture<T> future, Duration limit)
            throws WorkerFailure, InterruptedException, TimeoutException {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WorkerFailure failure) {
                throw new WorkerFailure(failure.kind(), failure.reason());
            }
            throw new IllegalStateException("A call ends with an answer or a failure.", e);
        }
    }

    /** Ends the process with all its jobs. */
    @Override
    public void close() {
        CompileConnection last;
        synchronized (this) {
            closed = true;
            last = connection;
        }
        if (last != null) {
            last.fail(new WorkerFailure(Kind.CANNOT_START, "The worker's owner is closed."));
        }
    }
}
