package dev.perihelion.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.executor.FrameCodec.ProtocolException;
import dev.perihelion.executor.WorkerFailure.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
 * The one owner of one worker process: starts it on first use, in a process group of its own, and stops the whole group
 * when a limit passes or something goes wrong. A failure costs the exchange it happened in; the next one starts a new
 * process. Not for use by several threads at once.
 */
final class WorkerProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(180);

    private final PythonRuntime runtime;
    private final String kind;
    private final List<String> command;
    private final boolean standby;
    private final Map<String, String> environment;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "perihelion-worker-reader");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Running running;
    private volatile Running spare;
    private volatile boolean closed;

    private record Running(Process process, OutputStream in, InputStream out, WorkerFolder folder, Frame hello) {}

    /** A worker of a kind: {@code compile}, {@code gpu} or {@code interpret}, with more environment variables. */
    WorkerProcess(PythonRuntime runtime, String kind, Map<String, String> environment) {
        this(runtime, kind, List.of("-m", "perihelion.worker", kind), environment, false);
    }

    /**
     * Any worker.
     *
     * @param command what follows the interpreter
     * @param standby whether a second process is kept that has imported all it needs and waits to take the first one's place
     */
    WorkerProcess(
            PythonRuntime runtime,
            String kind,
            List<String> command,
            Map<String, String> environment,
            boolean standby) {
        this.runtime = runtime;
        this.kind = kind;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.standby = standby;
    }

    /** What the process said when it started; starts it where it is not running. */
    ObjectNode hello() throws WorkerFailure, InterruptedException {
        return ensureRunning().hello().header();
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
        Running now = ensureRunning();
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

    private Running ensureRunning() throws WorkerFailure, InterruptedException {
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
        Running fresh = standby ? attached() : launch();
        running = fresh;
        Frame hello;
        try {
            hello = await(fresh, START_LIMIT, Kind.PREPARE_TIMEOUT);
        } catch (WorkerFailure e) {
            throw new WorkerFailure(Kind.CANNOT_START, "The " + kind + " worker did not start. " + e.reason());
        }
        ObjectNode header = hello.header();
        int protocol = header.path("protocol").asInt();
        if (header.has("error") || protocol != FrameCodec.PROTOCOL) {
            stop();
            String reason = header.has("error")
                    ? header.path("error").asText()
                    : "The worker speaks protocol " + protocol + ", this release " + FrameCodec.PROTOCOL + ".";
            throw new WorkerFailure(Kind.CANNOT_START, reason);
        }
        running = new Running(fresh.process(), fresh.in(), fresh.out(), fresh.folder(), hello);
        if (standby) {
            // Its imports take seconds of one core, at a time when inputs and reference are made.
            spare = launch();
        }
        if (closed) {
            close();
            throw new WorkerFailure(Kind.CANNOT_START, "The worker's owner is closed.");
        }
    }

    /** The process in standby, or a new one where there is none, told to take its device. */
    private Running attached() throws WorkerFailure {
        Running next = spare;
        spare = null;
        if (next != null && attach(next)) {
            return next;
        }
        discard(next);
        next = launch();
        if (!attach(next)) {
            String last = next.folder().lastLine();
            discard(next);
            throw new WorkerFailure(Kind.CANNOT_START, "The " + kind + " worker ended at once. " + last);
        }
        return next;
    }

    private static boolean attach(Running process) {
        try {
            FrameCodec.write(
                    process.in(), new Frame(FrameCodec.JSON.createObjectNode().put("op", "attach"), new byte[0]));
            return process.process().isAlive();
        } catch (IOException e) {
            return false;
        }
    }

    private Running launch() throws WorkerFailure {
        WorkerFolder folder;
        try {
            folder = WorkerFolder.create(kind);
        } catch (IOException e) {
            throw new WorkerFailure(Kind.CANNOT_START, "No temporary folder can be made: " + e.getMessage());
        }
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(runtime.python().toString(), "-u");
            builder.command().addAll(command);
            if (standby) {
                builder.command().add("--standby");
            }
            builder.redirectError(ProcessBuilder.Redirect.appendTo(folder.log().toFile()));
            String packages = runtime.packageFolder().toString();
            builder.environment().merge("PYTHONPATH", packages, (old, own) -> own + ":" + old);
            builder.environment().put("TMPDIR", folder.path().toString());
            builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            folder.delete();
            throw new WorkerFailure(
                    Kind.CANNOT_START, "`" + runtime.python() + "` cannot be started: " + e.getMessage());
        }
        LiveProcesses.add(process);
        return new Running(
                process,
                new BufferedOutputStream(process.getOutputStream(), 1 << 16),
                new BufferedInputStream(process.getInputStream(), 1 << 16),
                folder,
                null);
    }

    private Frame await(Running now, Duration limit, Kind onTimeout) throws WorkerFailure, InterruptedException {
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

    private WorkerFailure died(Running now, Throwable cause) throws InterruptedException {
        boolean ended = now.process().waitFor(5, TimeUnit.SECONDS);
        String status = ended ? "exit status " + now.process().exitValue() : String.valueOf(cause.getMessage());
        String last = now.folder().lastLine();
        stop();
        return new WorkerFailure(
                Kind.DIED, "The worker process ended (" + status + ")" + (last.isEmpty() ? "." : ": " + last));
    }

    private void stop() {
        Running now = running;
        running = null;
        discard(now);
    }

    private static void discard(Running process) {
        if (process != null) {
            LiveProcesses.kill(process.process());
            process.folder().delete();
        }
    }

    /** Ends the process, at once where it is at work. Safe to call from any thread. */
    @Override
    public void close() {
        closed = true;
        discard(running);
        discard(spare);
        reader.shutdownNow();
    }
}
