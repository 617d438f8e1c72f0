package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.perihelion.search.trial.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong on a GPU, in real worker processes on a device that only pretends. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class GpuDrillsTest {

    private static final String GOOD = "{}";
    private static GpuWorker worker;

    @BeforeAll
    static void start() {
        worker = FakeGpu.worker("GPU-fake-drills-" + ProcessHandle.current().pid(), Map.of());
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    @ParameterizedTest
    @CsvSource({
        "endless, check, RUN_TIMEOUT, true",
        "endless, time, RUN_TIMEOUT, true",
        "host_hang, check, RUN_TIMEOUT, true",
        "host_hang, time, RUN_TIMEOUT, true",
        "illegal_address, check, LAUNCH_ERROR, true",
        "illegal_address, time, LAUNCH_ERROR, true",
        "misaligned, check, LAUNCH_ERROR, true",
        "die, load, WORKER_DIED, true",
        "die, check, WORKER_DIED, true",
        "die, time, WORKER_DIED, true",
        "oom, check, OUT_OF_RESOURCES, false",
        "oom, time, OUT_OF_RESOURCES, false",
        "refused, load, OUT_OF_RESOURCES, false",
        "wrong, check, WRONG_RESULT, false",
        "nan, check, WRONG_RESULT, false",
        "hole, check, WRONG_RESULT, false",
    })
    void aFaultCostsItsConfigurationOnly(String fault, String place, Outcome expected, boolean ends) throws Exception {
        timed(worker.measure(FakeGpu.job(GOOD)));
        ProcessHandle before = process(worker);
        MeasureOutcome.Failed failed = failed(worker.measure(FakeGpu.job(bad(fault, place))));
        assertEquals(expected, failed.outcome(), failed.reason());
        assertFalse(failed.reason().contains("\n"), failed.reason());
        assertEquals(ends, !before.isAlive());
        timed(worker.measure(FakeGpu.job(GOOD)));
    }

    @Test
    void whatThePoolCannotCompileTheWorkerWithTheDeviceCan() throws Exception {
        String needy = TestModules.VECTOR_ADD.replace(
                "    out = torch.empty_like(x)",
                "    import os\n    if 'FAKE_GPU' not in os.environ:\n        raise RuntimeError('Found no NVIDIA driver')\n"
                        + "    out = torch.empty_like(x)");
        CompileJob job = TestModules.addJob("needy", needy);
        try (CompileWorkerPool pool = new CompileWorkerPool(PythonRuntime.find(), 1, Duration.ofSeconds(60))) {
            CompileOutcome.Failed failed = assertInstanceOf(CompileOutcome.Failed.class, pool.compile(job));
            assertTrue(
                    failed.reason().startsWith("Needs the device: RuntimeError: Found no NVIDIA driver"),
                    failed.reason());
        }
        CompileOutcome outcome = worker.compile(job);
        CompileOutcome.Compiled compiled = assertInstanceOf(CompileOutcome.Compiled.class, outcome, outcome.toString());
        // The fake device's tensors are the CPU's.
        assertEquals("cpu", compiled.hostRanOn());
        assertEquals(0x7f, compiled.artefact().binary()[0]);
        timed(worker.measure(FakeGpu.job(GOOD)));

        CompileJob mistaken = TestModules.addJob(
                "mistaken", needy.replace("    out = torch.empty_like(x)", "    raise ValueError('no such luck')"));
        CompileOutcome.Failed failed = assertInstanceOf(CompileOutcome.Failed.class, worker.compile(mistaken));
        assertEquals(Outcome.COMPILE_ERROR, failed.outcome());
        assertTrue(failed.reason().contains("failed on the device: ValueError: no such luck"), failed.reason());
        timed(worker.measure(FakeGpu.job(GOOD)));
    }

    @Test
    void rubbishOnStandardOutputIsNoAnswer() throws Exception {
        timed(worker.measure(FakeGpu.job(bad("rubbish", "check"))));
        timed(worker.measure(FakeGpu.job(GOOD)));
    }

    @Test
    void aKilledWorkerThatIsIdleCostsNothing() throws Exception {
        timed(worker.measure(FakeGpu.job(GOOD)));
        ProcessHandle before = process(worker);
        before.destroyForcibly();
        before.onExit().get(10, TimeUnit.SECONDS);
        timed(worker.measure(FakeGpu.job(GOOD)));
    }

    @Test
    void aKilledServerCostsNothing() throws Exception {
        timed(worker.measure(FakeGpu.job(GOOD)));
        long own = worker.pid().orElseThrow();
        ProcessHandle server =
                ProcessHandle.of(worker.serverPid().orElseThrow()).orElseThrow();
        server.destroyForcibly();
        server.onExit().get(10, TimeUnit.SECONDS);
        timed(worker.measure(FakeGpu.job(GOOD)));
        assertEquals(own, worker.pid().orElseThrow());
        failed(worker.measure(FakeGpu.job(bad("die", "check"))));
        timed(worker.measure(FakeGpu.job(GOOD)));
    }

    @Test
    void aWorkerThatIsKilledWhileItWorksCostsItsJob() throws Exception {
        timed(worker.measure(FakeGpu.job(GOOD)));
        ProcessHandle before = process(worker);
        CompletableFuture<MeasureOutcome> running = CompletableFuture.supplyAsync(() -> {
            try {
                return worker.measure(FakeGpu.job(bad("endless", "check")));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        TimeUnit.MILLISECONDS.sleep(500);
        before.destroyForcibly();
        assertEquals(Outcome.WORKER_DIED, failed(running.get()).outcome());
        timed(worker.measure(FakeGpu.job(GOOD)));
    }

    @Test
    void faultsOneAfterTheOtherAreFollowedByForksOfOneServer() throws Exception {
        timed(worker.measure(FakeGpu.job(GOOD)));
        long server = worker.serverPid().orElseThrow();
        Set<Long> workers = new HashSet<>(List.of(worker.pid().orElseThrow()));
        for (int i = 0; i < 4; i++) {
            failed(worker.measure(FakeGpu.job(bad("illegal_address", "check"))));
            failed(worker.measure(FakeGpu.job(bad("die", "check"))));
            timed(worker.measure(FakeGpu.job(GOOD)));
            workers.add(worker.pid().orElseThrow());
        }
        assertEquals(5, workers.size());
        assertEquals(server, worker.serverPid().orElseThrow());
        assertEquals(
                Optional.of(server),
                ProcessHandle.of(worker.pid().orElseThrow())
                        .flatMap(ProcessHandle::parent)
                        .map(ProcessHandle::pid));
    }

    @Test
    void aServerThatMayNotForkIsDoneWithout() throws Exception {
        try (GpuWorker own = FakeGpu.worker("GPU-fake-no-fork", Map.of("FAKE_GPU_THREAD", "1"))) {
            timed(own.measure(FakeGpu.job(GOOD)));
            failed(own.measure(FakeGpu.job(bad("die", "check"))));
            timed(own.measure(FakeGpu.job(GOOD)));
        }
    }

    @Test
    void anEndlessKernelIsFoundSoonWhereTheBestIsKnown() throws Exception {
        timed(worker.measure(FakeGpu.job(GOOD)));
        MeasureJob patient = FakeGpu.job(bad("endless", "check"));
        MeasureJob job = new MeasureJob(
                patient.id(),
                patient.moduleText(),
                patient.kernelName(),
                patient.argumentsJson(),
                patient.artefact(),
                patient.reference(),
                FakeGpu.policy(60_000),
                patient.inputSeed(),
                OptionalDouble.of(50_000),
                1024);
        assertEquals(Duration.ofMillis(1500), GpuWorker.firstCallLimit(job));
        assertEquals(Duration.ofSeconds(3), GpuWorker.firstCallLimit(patient));
        assertEquals(Outcome.RUN_TIMEOUT, failed(worker.measure(job)).outcome());
    }

    @Test
    void aWorkerThatDiesAtItsStartIsAnInfrastructureFailure() throws Exception {
        try (GpuWorker broken = FakeGpu.worker("GPU-fake-start", Map.of("FAKE_GPU_START", "die"))) {
            MeasureOutcome.Failed failed = failed(broken.measure(FakeGpu.job(GOOD)));
            assertEquals(Outcome.INFRASTRUCTURE, failed.outcome(), failed.reason());
            assertTrue(failed.reason().startsWith("The gpu worker did not start."), failed.reason());
        }
    }

    @Test
    void aLostGpuIsSaidToBeLost(@TempDir Path folder) throws Exception {
        Path lost = folder.resolve("lost");
        try (GpuWorker own = FakeGpu.worker("GPU-fake-lost", Map.of("FAKE_GPU_LOST", lost.toString()))) {
            timed(own.measure(FakeGpu.job(GOOD)));
            assertEquals(
                    Outcome.LAUNCH_ERROR,
                    failed(own.measure(FakeGpu.job(bad("lost", "check")))).outcome());
            for (int i = 0; i < 2; i++) {
                MeasureOutcome.Failed failed = failed(own.measure(FakeGpu.job(GOOD)));
                assertEquals(Outcome.INFRASTRUCTURE, failed.outcome());
                assertTrue(
                        failed.reason().startsWith("The GPU GPU-fake-lost cannot be used any more: "), failed.reason());
            }
            Files.delete(lost);
            timed(own.measure(FakeGpu.job(GOOD)));
        }
    }

    @Test
    void noProcessAndNoFolderIsLeft() throws Exception {
        GpuWorker own = FakeGpu.worker("GPU-fake-close", Map.of());
        timed(own.measure(FakeGpu.job(GOOD)));
        ProcessHandle first = process(own);
        long server = own.serverPid().orElseThrow();
        own.close();
        assertEquals(List.of(), ProcessTable.leftOf(List.of(first.pid(), server)));
        MeasureOutcome.Failed failed = failed(own.measure(FakeGpu.job(GOOD)));
        assertEquals("The worker's owner is closed.", failed.reason());
    }

    private static String bad(String fault, String place) {
        return "{\"fault\":\"" + fault + "\",\"in\":\"" + place + "\"}";
    }

    private static ProcessHandle process(GpuWorker worker) {
        return ProcessHandle.of(worker.pid().orElseThrow()).orElseThrow();
    }

    private static void timed(MeasureOutcome outcome) {
        MeasureOutcome.Timed timed = assertInstanceOf(MeasureOutcome.Timed.class, outcome, outcome.toString());
        assertEquals(50_000, timed.latencyNanos(), 2_000);
        assertTrue(timed.samplesNanos().length >= 15 && timed.busyMillis() > 0 && timed.workerMillis() > 0);
    }

    private static MeasureOutcome.Failed failed(MeasureOutcome outcome) {
        return assertInstanceOf(MeasureOutcome.Failed.class, outcome, outcome.toString());
    }
}
