package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many small jobs, one in five broken, through one server: nothing is left behind, and nothing grows. The system property
 * {@code perihelion.soak.jobs} makes it longer.
 */
@Tag("slow")
class CompileSoakTest {

    private static final int JOBS = Integer.getInteger("perihelion.soak.jobs", 150);
    private static final int AT_ONCE = 2;
    private static final long ALLOWED_BYTES = 100L << 20;

    private static final List<String> BROKEN = List.of(
            "import ctypes\nctypes.string_at(0)",
            "def this is no Python",
            "raise ValueError('no such luck')",
            "import os\nos._exit(3)",
            "import subprocess\nsubprocess.Popen(['sleep', '307'])\nraise MemoryError()");

    @Test
    @Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nothingIsLeftAndNothingGrows() throws Exception {
        try (CompileWorkerPool pool = new CompileWorkerPool(PythonRuntime.find(), AT_ONCE, Duration.ofSeconds(60))) {
            Set<Long> seen = new HashSet<>();
            run(pool, 0, 20, seen);
            long server = pool.serverPid().orElseThrow();
            int files = ProcessTable.openFiles(server);
            long bytes = ProcessTable.residentBytes(server);
            run(pool, 20, JOBS, seen);
            assertEquals(server, pool.serverPid().orElseThrow());
            assertEquals(1, ProcessTable.threads(server));
            assertTrue(pool.children().size() <= AT_ONCE, pool.children().toString());
            assertTrue(ProcessTable.openFiles(server) <= files + 1, "open files grew from " + files);
            long grown = ProcessTable.residentBytes(server) - bytes;
            assertTrue(grown < ALLOWED_BYTES, "the server grew by " + grown + " bytes");
            seen.removeAll(pool.children());
            assertEquals(List.of(), ProcessTable.leftOf(seen));
        }
    }

    private static void run(CompileWorkerPool pool, int from, int to, Set<Long> seen) throws Exception {
        Deque<CompletableFuture<CompileOutcome>> running = new ArrayDeque<>();
        List<Boolean> broken = new ArrayList<>();
        for (int i = from; i < to; i++) {
            boolean bad = i % 5 == 4;
            String text =
                    (bad ? TestModules.after(BROKEN.get(i / 5 % BROKEN.size())) : TestModules.VECTOR_ADD) + "\n# " + i;
            broken.add(bad);
            running.add(TestModules.later(pool, TestModules.addJob("soak" + i, text)));
            if (running.size() > AT_ONCE) {
                judge(running.poll().get(), broken.get(i - from - AT_ONCE));
                seen.addAll(pool.children());
            }
        }
        int next = broken.size() - running.size();
        for (CompletableFuture<CompileOutcome> last : running) {
            judge(last.get(), broken.get(next++));
        }
    }

    private static void judge(CompileOutcome outcome, boolean bad) {
        assertEquals(bad, outcome instanceof CompileOutcome.Failed, outcome.toString());
    }
}
