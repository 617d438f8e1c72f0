package dev.perihelion.sweep.fake;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.WorkEstimate;
import dev.perihelion.executor.Artefact;
import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.executor.CompileJob;
import dev.perihelion.executor.CompileOutcome;
import dev.perihelion.executor.FunctionJob;
import dev.perihelion.executor.InputsOutcome;
import dev.perihelion.executor.KernelBuilder;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.executor.KernelMeasurer;
import dev.perihelion.executor.MeasureJob;
import dev.perihelion.executor.MeasureOutcome;
import dev.perihelion.executor.RaceJob;
import dev.perihelion.executor.RaceOutcome;
import dev.perihelion.executor.Reference;
import dev.perihelion.executor.WorkerInfo;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Hashes;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.stage.Toolchain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Small workers in this process, whose answers follow from the configuration alone.
 *
 * @param name keeps the counts of tests apart
 * @param gpuCount GPUs of the machine
 * @param jitterMillis each call sleeps a random time up to this
 * @param defaultFails whether the default configuration does not compile
 * @param luck how much faster everything but the default seems in the search, as a factor; 1 is honest
 */
public record FakeToolchain(String name, int gpuCount, int jitterMillis, boolean defaultFails, double luck)
        implements Toolchain {

    /** Workers and pools that are open, of all toolchains. */
    public static final AtomicInteger OPEN = new AtomicInteger();

    /** Calls by kind and program, for tests that count them. */
    public static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();

    private static final WorkerInfo.Device DEVICE =
            new WorkerInfo.Device("Fake GPU", "GPU-0", "cuda:90", 132, 1L << 36, 1L << 25, "570.1");

    public static FakeToolchain gpus(String name, int count) {
        return new FakeToolchain(name, count, 0, false, 1);
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public AnalyzedKernel analyze(TuningTask task) {
        return new FakeKernel(task, false);
    }

    @Override
    public AnalyzedKernel analyzeSmall(TuningTask task) {
        return new FakeKernel(task, true);
    }

    @Override
    public List<String> gpuAddresses() {
        return IntStream.range(0, gpuCount).mapToObj(Integer::toString).toList();
    }

    @Override
    public double estimateNanos(WorkEstimate work, BinaryFacts facts, String target) {
        return facts.registers() * 1000.0;
    }

    /** How often this kind of call was made for this program. */
    public int calls(String kind, String program) {
        AtomicInteger count = CALLS.get(name + kind + program);
        return count == null ? 0 : count.get();
    }

    /** All calls of a kind. */
    public int calls(String kind) {
        return CALLS.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(name + kind))
                .mapToInt(entry -> entry.getValue().get())
                .sum();
    }

    private int count(String kind, String program) {
        return CALLS.computeIfAbsent(name + kind + program, key -> new AtomicInteger())
                .incrementAndGet();
    }

    private void jitter() throws InterruptedException {
        if (jitterMillis > 0) {
            Thread.sleep(ThreadLocalRandom.current().nextInt(jitterMillis));
        }
    }

    private static String fate(Configuration used) {
        return used.getLong(FakeKernel.BLOCK) + "/" + used.getLong(FakeKernel.WARPS);
    }

    private Script script() {
        return Script.of(this);
    }

    @Override
    public KernelBuilder openBuilder(int workers) {
        OPEN.incrementAndGet();
        return new KernelBuilder() {
            private final Map<String, CompileOutcome> done = new ConcurrentHashMap<>();
            private boolean closed;

            @Override
            public CompileOutcome compile(CompileJob job) throws InterruptedException {
                Configuration used = FakeKernel.used(job.moduleText());
                String program = used.toJson();
                CompileOutcome known = done.get(program);
                if (known != null) {
                    return known;
                }
                jitter();
                count("compile", program);
                script().compiling(program);
                CompileOutcome outcome = compiled(used);
                if (!script().losesCompilation(program)) {
                    done.put(program, outcome);
                }
                return outcome;
            }

            @Override
            public InputsOutcome describeInputs(
                    KernelFile file, String function, List<String> names, Map<String, Object> symbols) {
                count("describe_inputs", function);
                return new InputsOutcome.Described("[]");
            }

            @Override
            public synchronized void close() {
                if (!closed) {
                    closed = true;
                    OPEN.decrementAndGet();
                }
            }
        };
    }

    private CompileOutcome compiled(Configuration used) {
        if (script().losesCompilation(used.toJson())) {
            return new CompileOutcome.Failed(Outcome.INFRASTRUCTURE, "the pipe broke", 5);
        }
        if (script().needsDevice()) {
            return new CompileOutcome.Failed(Outcome.COMPILE_ERROR, "Needs the device: no driver here", 5);
        }
        return byFate(used);
    }

    private CompileOutcome byFate(Configuration used) {
        if (defaultFails && isDefault(used)) {
            return new CompileOutcome.Failed(Outcome.COMPILE_ERROR, "no such intrinsic", 5);
        }
        return switch (fate(used)) {
            case "16/1" -> new CompileOutcome.Failed(Outcome.COMPILE_ERROR, "bad module", 5);
            case "16/2" -> new CompileOutcome.Failed(Outcome.COMPILE_TIMEOUT, "over 60 s", 60_000);
            case "16/4" -> new CompileOutcome.Failed(Outcome.OUT_OF_RESOURCES, "too much shared memory", 5);
            case "16/8" -> new CompileOutcome.Failed(Outcome.WORKER_DIED, "signal 9", 5);
            default -> new CompileOutcome.Compiled(artefact(used), "meta");
        };
    }

    private static boolean isDefault(Configuration used) {
        return fate(used).equals("128/4") && used.getLong(FakeKernel.STAGES) == 1;
    }

    /** 64 elements with 2 and with 4 warps give one binary. */
    private static Artefact artefact(Configuration used) {
        Configuration seen = fate(used).equals("64/2") ? used.with(FakeKernel.WARPS, 4) : used;
        byte[] binary = seen.toJson().getBytes(StandardCharsets.UTF_8);
        int registers = (int) (FakeKernel.nanos(used) / 1000);
        return new Artefact(Hashes.sha256(binary), binary, "{}", new BinaryFacts(registers, 0, 1024, 128, 64, 12.5));
    }

    @Override
    public KernelMeasurer openGpu(String address) {
        return new FakeGpu(address);
    }

    @Override
    public KernelMeasurer openInterpreter() {
        return new FakeChecker(Optional.empty());
    }

    private class FakeChecker implements KernelMeasurer {

        private final Optional<WorkerInfo.Device> device;
        protected boolean closed;

        FakeChecker(Optional<WorkerInfo.Device> device) {
            this.device = device;
            OPEN.incrementAndGet();
        }

        @Override
        public WorkerInfo info() {
            return new WorkerInfo(1, "3.12.1", "2.13.0", "3.8.0", device);
        }

        @Override
        public synchronized MeasureOutcome measure(MeasureJob job) throws InterruptedException {
            jitter();
            Configuration used = FakeKernel.used(job.moduleText());
            int attempt = count("measure", used.toJson());
            if (device.isPresent() != job.artefact().isPresent()) {
                throw new IllegalStateException("A GPU runs binaries, the interpreter modules.");
            }
            if (job.reference() instanceof Reference.Baseline baseline) {
                FakeKernel.used(baseline.moduleText());
            }
            Outcome failure = failure(used, attempt);
            if (failure != null) {
                return new MeasureOutcome.Failed(failure, "as its fate says");
            }
            return device.isPresent() ? timed(used) : new MeasureOutcome.Checked(0.25);
        }

        private Outcome failure(Configuration used, int attempt) {
            if (script().everythingFails()) {
                return Outcome.LAUNCH_ERROR;
            }
            return switch (fate(used)) {
                case "32/1" -> Outcome.WRONG_RESULT;
                case "32/2" -> Outcome.LAUNCH_ERROR;
                case "32/4" -> Outcome.RUN_TIMEOUT;
                case "32/8" -> Outcome.INFRASTRUCTURE;
                case "64/1" -> attempt == 1 ? Outcome.INFRASTRUCTURE : null;
                default -> null;
            };
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                OPEN.decrementAndGet();
            }
        }
    }

    private final class FakeGpu extends FakeChecker {

        private final String address;

        FakeGpu(String address) {
            super(Optional.of(DEVICE));
            this.address = address;
        }

        @Override
        public synchronized MeasureOutcome measure(MeasureJob job) throws InterruptedException {
            if (script().gpuIsLost(address)) {
                return new MeasureOutcome.Failed(
                        Outcome.INFRASTRUCTURE,
                        "The GPU " + address + " cannot be used any more: it fell off the bus.");
            }
            return GpuLog.of(FakeToolchain.this).on(address, job.id(), closed, () -> {
                script().measuring();
                return super.measure(job);
            });
        }

        @Override
        public MeasureOutcome timeFunction(FunctionJob job) {
            double nanos = script().anchorNanos(address);
            return new MeasureOutcome.Timed(nanos, 1, new double[] {nanos}, 1, 0, "{}", 3, 0, 4);
        }

        @Override
        public CompileOutcome compile(CompileJob job) {
            Configuration used = FakeKernel.used(job.moduleText());
            count("device_compile", used.toJson());
            return script().isRefusedByDevice(used.toJson())
                    ? new CompileOutcome.Failed(Outcome.COMPILE_ERROR, "The host function failed on the device", 5)
                    : byFate(used);
        }

        @Override
        public synchronized RaceOutcome race(RaceJob job) throws InterruptedException {
            return GpuLog.of(FakeToolchain.this).on(address, job.id(), closed, () -> {
                script().measuring();
                return raced(job);
            });
        }

        private RaceOutcome raced(RaceJob job) {
            count("race", job.entrants().size() + " entrants");
            if (script().racesAreImpossible()) {
                return new RaceOutcome.Failed(Outcome.INFRASTRUCTURE, "the pipe broke");
            }
            Configuration first = FakeKernel.used(job.entrants().get(0).moduleText());
            if (script().isWrongInRaces(first.toJson())) {
                return new RaceOutcome.Failed(Outcome.WRONG_RESULT, "differs by 3.1 x the tolerance");
            }
            List<RaceOutcome.Lane> lanes = new ArrayList<>();
            for (int i = 0; i <= job.entrants().size(); i++) {
                RaceJob.Entrant entrant = job.entrants().get(i % job.entrants().size());
                boolean control = i == job.entrants().size();
                lanes.add(lane(
                        control ? job.entrants().get(0) : entrant,
                        control,
                        job.race().maxRounds(),
                        i));
            }
            return new RaceOutcome.Raced(lanes, "{\"timer\":\"events\"}", 10, 12);
        }
    }

    /** In a race all programs of a lucky toolchain are as fast as each other. */
    private RaceOutcome.Lane lane(RaceJob.Entrant entrant, boolean control, int rounds, long seed) {
        Configuration used = FakeKernel.used(entrant.moduleText());
        double nanos = luck == 1 ? FakeKernel.nanos(used) : 10_000;
        Random noise = new Random(seed);
        double[] samples = DoubleStream.generate(() -> nanos * (1 + 0.002 * noise.nextGaussian()))
                .limit(rounds)
                .toArray();
        return new RaceOutcome.Lane(entrant.name(), control, samples, 0.5, Optional.empty(), "");
    }

    private MeasureOutcome timed(Configuration used) {
        double nanos = luck == 1 ? FakeKernel.nanos(used) : isDefault(used) ? 10_000 : FakeKernel.nanos(used) * luck;
        return new MeasureOutcome.Timed(
                nanos, 10, new double[] {nanos - 10, nanos, nanos + 10}, 1, 0.5, "{\"sm_mhz\":1980}", 3, 4, 0);
    }
}
