package dev.perihelion.executor;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Real worker processes on a device that only pretends, and jobs for it; see {@code src/test/python/fake_gpu.py}. */
final class FakeGpu {

    static final Path SCRIPT = Path.of("src", "test", "python", "fake_gpu.py").toAbsolutePath();
    static final Reference REFERENCE =
            new Reference.UserFunction(new KernelFile("/not/there/kernel.py", TestModules.REFERENCE), "add");

    private FakeGpu() {}

    /** A worker on the device of this name. */
    static GpuWorker worker(String device, Map<String, String> environment) {
        // The lock of a real GPU stays; those of GPUs that never were need not.
        Path.of("/tmp", "perihelion-gpu-" + device + ".lock").toFile().deleteOnExit();
        Map<String, String> all = new HashMap<>(environment);
        all.put("FAKE_GPU", device);
        all.put("OMP_NUM_THREADS", "1");
        all.put("CUDA_VISIBLE_DEVICES", "");
        WorkerProcess process = new WorkerProcess(PythonRuntime.find(), List.of(SCRIPT.toString()), "gpu", all, true);
        return new GpuWorker(process, Duration.ofSeconds(20));
    }

    static Artefact artefact(String binary) {
        byte[] bytes = binary.getBytes(StandardCharsets.UTF_8);
        return new Artefact("0", bytes, "{}", new BinaryFacts(1, 0, 0, 128, 1, 1));
    }

    /** A job with a fake binary; its runs may take three seconds. */
    static MeasureJob job(String binary) {
        return new MeasureJob(
                "job " + binary,
                TestModules.VECTOR_ADD,
                "vector_add",
                TestModules.addArguments(3000),
                Optional.of(artefact(binary)),
                REFERENCE,
                policy(3_000),
                7,
                OptionalDouble.empty(),
                1024);
    }

    static MeasurePolicy policy(long runTimeoutMillis) {
        return new MeasurePolicy("events", "cold", 4, 3.0, 5.0, 15, 50, runTimeoutMillis);
    }

    static RaceJob race(List<String> binaries) {
        return race(binaries, List.of(7L, 8L));
    }

    static RaceJob race(List<String> binaries, List<Long> seeds) {
        List<RaceJob.Entrant> entrants = new ArrayList<>();
        for (String binary : binaries) {
            entrants.add(new RaceJob.Entrant(
                    "entrant " + entrants.size(), TestModules.VECTOR_ADD, Optional.of(artefact(binary))));
        }
        return new RaceJob(
                "race",
                entrants,
                "vector_add",
                TestModules.addArguments(3000),
                REFERENCE,
                policy(3_000),
                new RacePolicy(10, 40, 10_000, true),
                seeds,
                1024);
    }
}
