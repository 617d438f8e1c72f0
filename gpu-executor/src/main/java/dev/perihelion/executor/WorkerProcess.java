package dev.perihelion.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.executor.FrameCodec.ProtocolException;
import dev.perihelion.executor.WorkerFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one owner of one worker process that does one job at a time: starts it on first use, in a process group of its own,
 * and stops the whole group when a limit passes or something goes wrong. A failure costs the exchange it happened in; the
 * next one starts a new process. Not for use by several threads at once.
 */
final class WorkerProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    private final PythonRuntime runtime;
    private final List<String> program;
    private final String kind;
    private final boolean standby;
    private final Map<String, String> environment;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "perihelion-worker-reader");
        thread.setDaemon(true);
        return thread;
    });
    private volatile LaunchedWorker running;
    private volatile LaunchedWorker spare;
    private volatile Frame hello;
    private volatile boolean closed;

    /** A worker of a kind: {@code gpu} or {@code interpret}, with more environment variables. */
    WorkerProcess(PythonRuntime runtime, String kind, Map<String, String> environment) {
        this(runtime, LaunchedWorker.PACKAGE, kind, environment, false);
    }

    /**
     * Any worker.
     *
     * @param program what follows the interpreter
     * @param standby whether a second process is kept that has imported all it needs and waits to take the first one's place
     */
    WorkerProcess(
            PythonRuntime runtime,
            List<String> program,
            String kind,
            Map<String, String> environment,
            boolean standby) {
        this.runtime = runtime;
        this.program = List.copyOf(program);
        this.kind = kind;
        this.environment = Map.copyOf(environment);
        this.standby = standby;
    }

    /** What the process said when it started; starts it where it is not running. */
    ObjectNode hello() throws WorkerFailure, InterruptedException {
        ensureRunning();
        return hello.header();
    }

    /** The process's id, where it is running. */
    Optional<Long> pid() {
        return Optional.ofNullable(running).map(now -> now.process().pid());
    }

    /** The id of the process in standby, where there is one. */
    Optional<Long> sparePid() {
        return Optional.ofNullable(spare).map(now -> now.process().pid());
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @param prepare limit from sending until the worker says that the work itself begins, or answers
     * @param work limit from then until the answer
     * @throws WorkerFailure where there is none; the process is gone then
     */
    Frame exchange(Frame request, Duration prepare, Duration work) throws WorkerFailure, InterruptedException {
        return exchange(request, prepare, phase -> work);
    }

    /**
     * The same with a limit for each phase.
     *
     * @param work given what the worker says when a phase of the work begins, the limit until the next one or the answer
     */
    Frame exchange(Frame request, Duration prepare, Function<ObjectNode, Duration> work)
            throws WorkerFailure, InterruptedException {
        LaunchedWorker now = ensureRunning();
        String id = request.header().path("id").asText();
        try {
            FrameCodec.write(now.in(), request);
        } catch (IOException e) {
            throw died(now, e);
        }
        Frame answer = await(now, prepare, Kind.PREPARE_TIMEOUT);
        while (answer.header().has("phase")) {
            answer = await(now, work.apply(answer.header()), Kind.TIMEOUT);
        }
        if (!answer.header().path("id").asText().equals(id)) {
            stop();
            throw new WorkerFailure(
                    Kind.PROTOCOL,
                    "The worker answered job `" + answer.header().path("id").asText() + "` instead of `" + id + "`.");
        }
        if (answer.header().path("fatal").asBoolean()) {
            LOG.info(
                    "Worker {} is replaced: {}",
                    kind,
                    answer.header().path("reason").asText());
            stop();
        }
        return answer;
    }

    private LaunchedWorker ensureRunning() throws WorkerFailure, InterruptedException {
        if (closed) {
            throw new WorkerFailure(Kind.CANNOT_START, "The worker's owner is closed.");
        }
        if (running != null && !running.process().isAlive()) {
            stop();
        }
        if (running == null) {
            start();
        }
        return running;
    }

    private void start() throws WorkerFailure, InterruptedException {
        LaunchedWorker fresh =
                standby ? attached() : LaunchedWorker.launch(runtime, program, List.of(kind), environment);
        running = fresh;
        try {
            hello = await(fresh, LaunchedWorker.START_LIMIT, Kind.PREPARE_TIMEOUT);
        } catch (WorkerFailure e) {
            throw new WorkerFailure(Kind.CANNOT_START, "The " + kind + " worker did not start. " + e.reason());
        }
        try {
            LaunchedWorker.check(hello);
        } catch (WorkerFailure e) {
            stop();
            throw e;
        }
        if (standby) {
            // Its imports take seconds of one core, at a time when inputs and reference are made.
            spare = waiting();
        }
        if (closed) {
            close();
            throw new WorkerFailure(Kind.CANNOT_START, "The worker's owner is closed.");
        }
    }

    private LaunchedWorker waiting() throws WorkerFailure {
        return LaunchedWorker.launch(runtime, program, List.of(kind, "--standby"), environment);
    }

    /** The process in standby, or a new one where there is none, told to take its device. */
    private LaunchedWorker attached() throws WorkerFailure {
        LaunchedWorker next = spare;
        spare = null;
        if (next != null && !attach(next)) {
            next.stop();
            next = null;
        }
        if (next == null) {
            next = waiting();
            if (!attach(next)) {
                String last = next.folder().lastLine();
                next.stop();
                throw new WorkerFailure(Kind.CANNOT_START, "The " + kind + " worker ended at once. " + last);
            }
        }
        return next;
    }

    private static boolean attach(LaunchedWorker process) {
        try {
            FrameCodec.write(
                    process.in(), new Frame(FrameCodec.JSON.createObjectNode().put("op", "attach"), new byte[0]));
            return process.process().isAlive();
        } catch (IOException e) {
            return false;
        }
    }

    private Frame await(LaunchedWorker now, Duration limit, Kind onTimeout) throws WorkerFailure, InterruptedException {
        Future<Frame> frame = reader.submit(() -> FrameCodec.read(now.out()));
        try {
            return frame.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            stop();
            throw WorkerFailure.timeout(onTimeout, limit.toNanos());
        } catch (InterruptedException e) {
            stop();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProtocolException protocol) {
                stop();
                throw new WorkerFailure(Kind.PROTOCOL, protocol.getMessage());
            }
            throw died(now, e.getCause());
        }
    }

    private WorkerFailure died(LaunchedWorker now, Throwable cause) throws InterruptedException {
        String reason = now.ending(cause);
        stop();
        return new WorkerFailure(Kind.DIED, reason);
    }

    private void stop() {
        LaunchedWorker now = running;
        running = null;
        if (now != null) {
            now.stop();
        }
    }

    /** Ends the process, at once where it is at work. Safe to call from any thread. */
    @Override
    public void close() {
        closed = true;
        for (LaunchedWorker each : new LaunchedWorker[] {running, spare}) {
            if (each != null) {
                each.stop();
            }
        }
        reader.shutdownNow();
    }
}
