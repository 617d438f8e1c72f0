package dev.perihelion.executor;

import dev.perihelion.executor.WorkerFailure.Kind;
import dev.perihelion.search.trial.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles several modules at once, in children of one server process that starts when it is first needed. Equal jobs are
 * compiled once.
 */
public final class CompileWorkerPool implements KernelBuilder {

    /** The longest that one compilation may take, from the moment a worker starts on it. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

    /** System property and environment variable: host memory that one compilation may use, in MiB. */
    public static final String MEMORY_VARIABLE = "PERIHELION_COMPILE_MEMORY_MIB";

    private static final Logger LOG = LoggerFactory.getLogger(CompileWorkerPool.class);
    private static final long DEFAULT_MEMORY_MEBIBYTES = 8192;
    private static final Duration INPUTS_LIMIT = Duration.ofSeconds(120);
    // The server keeps the limits of jobs. It has this much more time to say so, to fork, and to warm up for a target.
    private static final Duration SERVER_GRACE = Duration.ofSeconds(60);
    private static final int KEPT_RESULTS = 512;
    private static final long KEPT_BYTES = 256L << 20;

    private final CompileServer server;
    private final Semaphore free;
    private final CompileLimits limits;
    private final Duration serverGrace;
    private final CompiledOnce once = new CompiledOnce(KEPT_RESULTS, KEPT_BYTES);

    /**
     * A pool with the memory limit that {@value #MEMORY_VARIABLE} tells, else 8 GiB.
     *
     * @param runtime which Python
     * @param size how many compilations at once; each needs about one core and, mostly, less than 1 GB of memory
     * @param limit the longest for one compilation; waiting for a free worker and starting one do not count
     */
    public CompileWorkerPool(PythonRuntime runtime, int size, Duration limit) {
        this(runtime, size, limit, memoryMebibytes());
    }

    /**
     * A pool.
     *
     * @param memoryMebibytes host memory that one compilation may use
     */
    public CompileWorkerPool(PythonRuntime runtime, int size, Duration limit, long memoryMebibytes) {
        this(runtime, size, limit, memoryMebibytes, SERVER_GRACE);
    }

    /** For tests: a shorter time after which the server itself is taken to hang. */
    CompileWorkerPool(PythonRuntime runtime, int size, Duration limit, long memoryMebibytes, Duration serverGrace) {
        if (size < 1) {
            throw new IllegalArgumentException("A pool needs at least one worker, not " + size + ".");
        }
        if (memoryMebibytes < 1) {
            throw new IllegalArgumentException(
                    "A compilation needs memory; " + memoryMebibytes + " MiB is no limit for it.");
        }
        this.server = new CompileServer(runtime, size, memoryMebibytes);
        this.free = new Semaphore(size, true);
        this.limits = new CompileLimits(limit);
        this.serverGrace = serverGrace;
    }

    private static long memoryMebibytes() {
        Optional<String> said = Optional.ofNullable(System.getProperty(MEMORY_VARIABLE))
                .or(() -> Optional.ofNullable(System.getenv(MEMORY_VARIABLE)))
                .filter(value -> !value.isBlank());
        try {
            return said.map(String::strip).map(Long::valueOf).orElse(DEFAULT_MEMORY_MEBIBYTES);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    MEMORY_VARIABLE + " is `" + said.orElse("") + "`; write a whole number of MiB.", e);
        }
    }

    @Override
    public void start() throws InterruptedException {
        try {
            server.hello();
        } catch (WorkerFailure e) {
            LOG.info("The compile server did not start: {}", e.reason());
        }
    }

    @Override
    public CompileOutcome compile(CompileJob job) throws InterruptedException {
        return once.outcome(job, () -> compileNow(job));
    }

    private CompileOutcome compileNow(CompileJob job) throws InterruptedException {
        free.acquire();
        long start = System.nanoTime();
        try {
            Duration limit = limits.limit(job.family());
            Frame answer = exchange(Requests.compile(job, limit), limit);
            CompileOutcome outcome = Answers.compiled(answer);
            if (outcome instanceof CompileOutcome.Compiled compiled) {
                limits.compiled(job.family(), compiled.artefact().facts().compileMillis());
            } else if (outcome instanceof CompileOutcome.Failed failed && failed.outcome() == Outcome.COMPILE_TIMEOUT) {
                limits.timedOut(job.family());
            }
            return outcome;
        } catch (WorkerFailure e) {
            return Answers.compileFailure(e, (System.nanoTime() - start) / 1e6);
        } finally {
            free.release();
        }
    }

    /** Asks the server, once more where the server itself went: that is not what the job did, which runs in a child. */
    private Frame exchange(Frame request, Duration limit) throws WorkerFailure, InterruptedException {
        try {
            return server.exchange(request, limit.plus(serverGrace));
        } catch (WorkerFailure e) {
            if (e.kind() == Kind.CANNOT_START) {
                throw e;
            }
            LOG.warn("The compile server is lost; its jobs are tried once more. {}", e.reason());
            return server.exchange(request, limit.plus(serverGrace));
        }
    }

    @Override
    public InputsOutcome describeInputs(
            KernelFile file, String function, List<String> names, Map<String, Object> symbols)
            throws InterruptedException {
        free.acquire();
        try {
            return Answers.inputs(
                    exchange(Requests.describeInputs(file, function, names, symbols, INPUTS_LIMIT), INPUTS_LIMIT));
        } catch (WorkerFailure e) {
            Outcome outcome = e.kind() == Kind.DIED ? Outcome.WORKER_DIED : Outcome.INFRASTRUCTURE;
            return new InputsOutcome.Failed(outcome, e.reason());
        } finally {
            free.release();
        }
    }

    /** What the server says of itself; starts it where it does not run. */
    public WorkerInfo info() throws InterruptedException {
        try {
            return Answers.info(server.hello());
        } catch (WorkerFailure e) {
            throw new IllegalStateException(e.reason(), e);
        }
    }

    /** The server's process id, where it runs. */
    Optional<Long> serverPid() {
        return server.pid();
    }

    /** The ids of the server's children, each the leader of a process group. */
    List<Long> children() {
        return server.children();
    }

    /** Ends all processes, those at work included. */
    @Override
    public void close() {
        server.close();
    }
}
