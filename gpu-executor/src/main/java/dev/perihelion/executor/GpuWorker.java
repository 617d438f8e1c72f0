package dev.perihelion.executor;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Checks and times on one GPU, through one worker process that holds the GPU's lock; when a kernel spoils it, a fork of a server
 * takes its place. The limit for a configuration's runs is the policy's; inputs and the reference, which come first
 * and are kept from job to job, have a limit of their own.
 */
public final class GpuWorker implements KernelMeasurer {

    /** Limit for inputs, reference and loading, before a configuration runs. */
    public static final Duration DEFAULT_PREPARE_LIMIT = Duration.ofSeconds(300);

    private static final Duration COMPILE_LIMIT = Duration.ofSeconds(120);
    // What takes this much longer than the best has no end, or might as well have none; waiting for it costs the
    // others.
    private static final double ENDLESS_RATIO = 1000;
    private static final long SHORTEST_LIMIT_MILLIS = 1500;

    private final WorkerProcess worker;
    private final Duration prepareLimit;
    private final ReentrantLock turn = new ReentrantLock(true);
    private volatile boolean closed;
    private String device = "";

    /**
     * A worker.
     *
     * @param runtime which Python
     * @param visibleDevice what {@code CUDA_VISIBLE_DEVICES} names: a number or a {@code GPU-...} UUID; its first is used
     * @param prepareLimit for everything before a configuration runs
     */
    public GpuWorker(PythonRuntime runtime, String visibleDevice, Duration prepareLimit) {
        this(process(runtime, Map.of("CUDA_VISIBLE_DEVICES", visibleDevice)), prepareLimit);
    }

    /** A worker on the first GPU that the environment shows. */
    public GpuWorker(PythonRuntime runtime) {
        this(process(runtime, Map.of()), DEFAULT_PREPARE_LIMIT);
    }

    /** A worker with a process of any kind. */
    GpuWorker(WorkerProcess worker, Duration prepareLimit) {
        this.worker = worker;
        this.prepareLimit = prepareLimit;
    }

    private static WorkerProcess process(PythonRuntime runtime, Map<String, String> environment) {
        return new WorkerProcess(runtime, LaunchedWorker.PACKAGE, "gpu", environment, true);
    }

    @Override
    public WorkerInfo info() throws InterruptedException {
        return inTurn(() -> Answers.info(worker.hello()), e -> {
            throw new IllegalStateException(e.reason(), e);
        });
    }

    @Override
    public MeasureOutcome measure(MeasureJob job) throws InterruptedException {
        if (job.artefact().isEmpty()) {
            throw new IllegalArgumentException("Job `" + job.id() + "` has no artefact, which a GPU worker needs.");
        }
        Duration whole = Duration.ofMillis(job.policy().runTimeoutMillis());
        Duration first = firstCallLimit(job);
        return inTurn(
                () -> Answers.measured(worker.exchange(
                        Requests.measure("measure", job), prepareLimit, phase -> isFirst(phase) ? first : whole)),
                Answers::measureFailure);
    }

    private static boolean isFirst(JsonNode phase) {
        return phase.path("phase").asText().equals("running");
    }

    /** For the first call and its check. */
    static Duration firstCallLimit(MeasureJob job) {
        long whole = job.policy().runTimeoutMillis();
        double hopeless = job.incumbentNanos().orElse(Double.POSITIVE_INFINITY) * ENDLESS_RATIO / 1e6;
        return Duration.ofMillis(Math.min(whole, (long) Math.max(SHORTEST_LIMIT_MILLIS, Math.min(hopeless, whole))));
    }

    @Override
    public MeasureOutcome timeFunction(FunctionJob job) throws InterruptedException {
        Duration limit = Duration.ofMillis(job.policy().runTimeoutMillis());
        return inTurn(
                () -> Answers.measured(worker.exchange(Requests.timeFunction(job), prepareLimit, limit)),
                Answers::measureFailure);
    }

    @Override
    public RaceOutcome race(RaceJob job) throws InterruptedException {
        GpuRace race = new GpuRace(worker, prepareLimit, job);
        return inTurn(race::run, e -> new RaceOutcome.Failed(Answers.runOutcome(e), e.reason()));
    }

    @Override
    public CompileOutcome compile(CompileJob job) throws InterruptedException {
        long start = System.nanoTime();
        return inTurn(
                () -> {
                    Frame request = Requests.compile(job, COMPILE_LIMIT);
                    return Answers.compiled(worker.exchange(request, COMPILE_LIMIT, COMPILE_LIMIT));
                },
                e -> Answers.compileFailure(e, millisSince(start)));
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private interface Exchange<T> {
        T run() throws WorkerFailure, InterruptedException;
    }

    private <T> T inTurn(Exchange<T> exchange, Function<WorkerFailure, T> failed) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            device = worker.hello().path("device").path("uuid").asText(device);
            return exchange.run();
        } catch (WorkerFailure e) {
            boolean lost = e.kind() == WorkerFailure.Kind.CANNOT_START && !device.isEmpty() && !closed;
            return failed.apply(
                    lost
                            ? new WorkerFailure(
                                    e.kind(), "The GPU " + device + " cannot be used any more: " + e.reason())
                            : e);
        } finally {
            turn.unlock();
        }
    }

    /** The process's id, where it is running. */
    Optional<Long> pid() {
        return worker.pid();
    }

    /** The id of the process that it is a fork of, where there is one. */
    Optional<Long> serverPid() {
        return worker.serverPid();
    }

    @Override
    public void close() {
        closed = true;
        worker.close();
    }
}
