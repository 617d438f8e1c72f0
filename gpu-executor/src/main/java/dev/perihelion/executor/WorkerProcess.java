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
 *
 * <p>Where faults are common, workers are forks of a server that has imported all they need and is started beside the first of
 * them: what takes seconds otherwise is done at once then. Where the server cannot fork, workers start in the ordinary way.
 */
final class WorkerProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    private static final List<String> FORK_CLIENT = List.of("-S", "-m", "perihelion.worker.fork_client");
    /** In the server's folder, which is its place for temporary files. */
    private static final String SOCKET = "socket";
    /** The exit status of a client that was given no fork. */
    private static final int REFUSED = 75;

    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private final PythonRuntime runtime;
    private final List<String> program;
    private final String kind;
    private final boolean forked;
    private final Map<String, String> environment;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "perihelion-worker-reader");
        thread.setDaemon(true);
        return thread;
    });
    private volatile LaunchedWorker running;
    private volatile LaunchedWorker server;
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
     * @param forked whether workers are forks of a server
     */
    WorkerProcess(
            PythonRuntime runtime, List<String> program, String kind, Map<String, String> environment, boolean forked) {
        this.runtime = runtime;
        this.program = List.copyOf(program);
        this.kind = kind;
        this.environment = Map.copyOf(environment);
        this.forked = forked;
    }

    /** What the process said when it started; starts it where it is not running. */
    ObjectNode hello() throws WorkerFailure, InterruptedException {
        ensureRunning();
        return hello.header();
    }

    /** The process's id, where it is running. */
    Optional<Long> pid() {
        LaunchedWorker now = running;
        Frame said = hello;
        return now == null
                ? Optional.empty()
                : Optional.of(
                        forked && said != null
                                ? said.header().path("pid").asLong()
                                : now.process().pid());
    }

    /** The id of the server that forks workers, where there is one. */
    Optional<Long> serverPid() {
        return Optional.ofNullable(server).map(now -> now.process().pid());
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
        if (running != null && !isAlive()) {
            stop();
        }
        if (running == null) {
            start();
        }
        return running;
    }

    /** A fork may be gone a moment before the process that stands for it. */
    private boolean isAlive() {
        return running.process().isAlive()
                && pid().flatMap(ProcessHandle::of).map(ProcessHandle::isAlive).orElse(false);
    }

    private void start() throws WorkerFailure, InterruptedException {
        LaunchedWorker fresh = forked ? fork() : launch();
        try {
            hello = greeted(fresh);
        } catch (WorkerFailure e) {
            if (!forked || fresh.process().isAlive() || fresh.process().exitValue() != REFUSED) {
                throw e;
            }
            LOG.info("The {} worker is started without a fork.", kind);
            hello = greeted(launch());
        }
        try {
            LaunchedWorker.check(hello);
        } catch (WorkerFailure e) {
            stop();
            throw e;
        }
        if (closed) {
            close();
            throw new WorkerFailure(Kind.CANNOT_START, "The worker's owner is closed.");
        }
    }

    private Frame greeted(LaunchedWorker fresh) throws WorkerFailure, InterruptedException {
        hello = null;
        running = fresh;
        try {
            return await(fresh, LaunchedWorker.START_LIMIT, Kind.PREPARE_TIMEOUT);
        } catch (WorkerFailure e) {
            throw new WorkerFailure(Kind.CANNOT_START, "The " + kind + " worker did not start. " + e.reason());
        }
    }

    private LaunchedWorker launch() throws WorkerFailure {
        return LaunchedWorker.launch(runtime, program, List.of(kind), environment);
    }

    /** A process that stands for a fork of the server, which is started where it does not run. */
    private LaunchedWorker fork() throws WorkerFailure {
        if (server != null && !server.process().isAlive()) {
            LOG.info(
                    "The server that forks {} workers is started again. {}",
                    kind,
                    server.folder().lastLine());
            server.stop();
            server = null;
        }
        if (server == null) {
            server = LaunchedWorker.launch(runtime, program, List.of(kind, "--fork-server", SOCKET), environment);
        }
        String socket = server.folder().path().resolve(SOCKET).toString();
        String pid = String.valueOf(server.process().pid());
        return LaunchedWorker.launch(
                runtime, FORK_CLIENT, List.of(kind, "--socket", socket, "--server", pid), environment);
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
        Optional<ProcessHandle> worker = pid().flatMap(ProcessHandle::of);
        running = null;
        if (now != null) {
            now.stop();
            // A fork is no child of this process, whose end stopping waits for, and holds the device until it is gone.
            worker.ifPresent(WorkerProcess::awaitEnd);
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        long giveUp = System.nanoTime() + END_LIMIT.toNanos();
        try {
            while (process.isAlive() && System.nanoTime() < giveUp) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the process, at once where it is at work. Safe to call from any thread. */
    @Override
    public void close() {
        closed = true;
        LaunchedWorker now = running;
        if (now != null) {
            Optional<ProcessHandle> worker = pid().flatMap(ProcessHandle::of);
            now.stop();
            worker.ifPresent(WorkerProcess::awaitEnd);
        }
        LaunchedWorker forks = server;
        if (forks != null) {
            forks.stop();
        }
        reader.shutdownNow();
    }
}
