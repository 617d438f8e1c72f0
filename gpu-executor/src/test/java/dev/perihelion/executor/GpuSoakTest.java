package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.perihelion.search.trial.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A few hundred jobs on a device that only pretends, a fifth of them broken; bench/gpu_soak.py is the same on a real one. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs(OS.LINUX)
@Tag("slow")
class GpuSoakTest {

    private static final int JOBS = 400;
    private static final List<String> MILD = List.of("wrong", "nan", "hole", "oom", "refused");

    @Test
    void nothingIsLeftOver() throws Exception {
        Random random = new Random(7);
        long childrenBefore = ProcessHandle.current().descendants().count();
        int ownHandles = 0;
        try (GpuWorker worker =
                FakeGpu.worker("GPU-fake-soak-" + ProcessHandle.current().pid(), Map.of())) {
            long life = 0;
            int handles = 0;
            long memory = 0;
            for (int job = 0; job < JOBS; job++) {
                boolean fatal = job == 150 || job == 300;
                String fault = fatal ? "illegal_address" : MILD.get(random.nextInt(MILD.size()));
                boolean broken = fatal || random.nextInt(5) == 0;
                String binary = broken ? "{\"fault\":\"" + fault + "\",\"in\":\"check\"}" : "{}";
                MeasureOutcome outcome = worker.measure(FakeGpu.job(binary));
                assertEquals(!broken, outcome instanceof MeasureOutcome.Timed, job + ": " + outcome);
                if (outcome instanceof MeasureOutcome.Failed failed) {
                    assertTrue(
                            failed.outcome() != Outcome.INFRASTRUCTURE && failed.outcome() != Outcome.WORKER_DIED,
                            outcome.toString());
                }
                if (worker.pid().isEmpty()) {
                    continue;
                }
                long pid = worker.pid().orElseThrow();
                if (pid != life && job % 50 == 20) {
                    life = pid;
                    handles = handles(pid);
                    memory = residentKib(pid);
                    ownHandles =
                            Math.max(ownHandles, handles(ProcessHandle.current().pid()));
                } else if (pid == life && job % 50 == 49) {
                    assertTrue(handles(pid) <= handles + 2, "The worker has " + handles(pid) + " handles open.");
                    long growth = (residentKib(pid) - memory) / 1024;
                    assertTrue(growth < 50, "The worker's memory has grown by " + growth + " MB.");
                }
            }
            // The worker, the process that stands for it, and the server.
            assertEquals(
                    childrenBefore + 3, ProcessHandle.current().descendants().count());
            int now = handles(ProcessHandle.current().pid());
            assertTrue(now <= ownHandles + 8, now + " handles are open, " + ownHandles + " were at first.");
        }
        assertEquals(childrenBefore, ProcessHandle.current().descendants().count());
    }

    private static int handles(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            return (int) files.count();
        }
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
