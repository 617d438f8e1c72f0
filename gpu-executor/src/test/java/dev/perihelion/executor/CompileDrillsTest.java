package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.perihelion.search.trial.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a module can do to its compiler, with real processes: it costs that module, and the next one is compiled right. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompileDrillsTest {

    private static final long MEMORY_MEBIBYTES = 1536;
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static CompileWorkerPool pool;
    private static String expected;
    private static final Set<Long> SEEN = new HashSet<>();
    private static int number;

    @BeforeAll
    static void start() throws Exception {
        pool = new CompileWorkerPool(PythonRuntime.find(), 4, LIMIT, MEMORY_MEBIBYTES);
        // The first job may take as long as it likes; a busy machine starts slowly.
        try (CompileWorkerPool patient =
                new CompileWorkerPool(PythonRuntime.find(), 1, CompileWorkerPool.DEFAULT_LIMIT)) {
            expected = compiled(patient.compile(TestModules.addJob("first", TestModules.VECTOR_ADD)))
                    .sha256();
        }
        pool.info();
    }

    @AfterAll
    static void stop() throws Exception {
        SEEN.addAll(pool.children());
        pool.close();
        assertEquals(List.of(), ProcessTable.leftOf(SEEN));
    }

    @AfterEach
    void theNextJobIsCompiledRightAndNothingIsLeft() throws Exception {
        assertEquals(expected, compiled(pool.compile(good())).sha256());
        Set<Long> gone = new HashSet<>(SEEN);
        gone.removeAll(pool.children());
        SEEN.addAll(pool.children());
        assertEquals(List.of(), ProcessTable.leftOf(gone));
    }

    /** A job like the first, with a text of its own, so that it is compiled. */
    private static CompileJob good() {
        return TestModules.addJob("good", TestModules.VECTOR_ADD + "\n# " + number++ + "\n");
    }

    private static CompileOutcome.Failed failed(String module) throws Exception {
        CompletableFuture<CompileOutcome> running = TestModules.later(pool, TestModules.addJob("bad", module));
        while (!running.isDone()) {
            SEEN.addAll(pool.children());
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return assertInstanceOf(CompileOutcome.Failed.class, running.get());
    }

    private static Artefact compiled(CompileOutcome outcome) {
        return assertInstanceOf(CompileOutcome.Compiled.class, outcome, outcome.toString())
                .artefact();
    }

    @Test
    void tooMuchMemoryAtOnceIsRefused() throws Exception {
        CompileOutcome.Failed top = failed(TestModules.after("x = bytearray(6 << 30)"));
        assertEquals(Outcome.OUT_OF_RESOURCES, top.outcome(), top.reason());
        assertTrue(top.reason().contains("1.5 GiB of host memory"), top.reason());
        String inKernel = TestModules.VECTOR_ADD
                .replace(
                        "@triton.jit",
                        "@triton.constexpr_function\ndef much():\n    return len(bytes(6 << 30))\n\n\n@triton.jit")
                .replace("    total =", "    number: tl.constexpr = much()\n    total =");
        CompileOutcome.Failed jit = failed(inKernel);
        assertEquals(Outcome.OUT_OF_RESOURCES, jit.outcome(), jit.reason());
    }

    @Test
    void memoryThatGrowsUnnoticedIsSeenFromOutside() throws Exception {
        // Shared memory is no memory of the process's own, so that asking for it is never refused.
        String growing =
                "import mmap, time\nflags = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE\nkept = []\n"
                        + "for i in range(40):\n    kept.append(mmap.mmap(-1, 64 << 20, flags=flags))\n    time.sleep(0.02)\n"
                        + "time.sleep(60)";
        CompileOutcome.Failed failed = failed(TestModules.after(growing));
        assertEquals(Outcome.OUT_OF_RESOURCES, failed.outcome(), failed.reason());
        assertTrue(failed.reason().contains("compiler needed more than its limit of 1.5 GiB"), failed.reason());
    }

    @Test
    void aCrashIsTheConfigurationsFault() throws Exception {
        CompileOutcome.Failed segmentation = failed(TestModules.after("import ctypes\nctypes.string_at(0)"));
        assertEquals(Outcome.COMPILE_ERROR, segmentation.outcome(), segmentation.reason());
        assertTrue(segmentation.reason().contains("compiler crashed (SIGSEGV)"), segmentation.reason());
        CompileOutcome.Failed abort = failed(
                TestModules.after("import os, sys\nprint('LLVM ERROR: no such luck', file=sys.stderr)\nos.abort()"));
        assertEquals(Outcome.COMPILE_ERROR, abort.outcome(), abort.reason());
        assertTrue(abort.reason().contains("crashed (SIGABRT): LLVM ERROR: no such luck"), abort.reason());
        CompileOutcome.Failed exit = failed(TestModules.after("import os\nos._exit(0)"));
        assertEquals(Outcome.COMPILE_ERROR, exit.outcome(), exit.reason());
        CompileOutcome.Failed system = failed(TestModules.after("import sys\nsys.exit(5)"));
        assertEquals(Outcome.COMPILE_ERROR, system.outcome(), system.reason());
    }

    @Test
    void aHangEndsWithItsTime() throws Exception {
        List<String> hanging = List.of(
                "while True:\n    pass",
                "import subprocess, time\nsubprocess.Popen(['sleep', '301'])\ntime.sleep(300)",
                // PyDLL keeps the interpreter's lock; signals stay blocked too.
                "import ctypes, signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 60))\nctypes.PyDLL(None).pause()");
        List<CompletableFuture<CompileOutcome>> running = new ArrayList<>();
        for (String text : hanging) {
            running.add(TestModules.later(pool, TestModules.addJob("hangs", TestModules.after(text))));
        }
        // A fourth child goes on meanwhile.
        assertEquals(expected, compiled(pool.compile(good())).sha256());
        SEEN.addAll(pool.children());
        for (CompletableFuture<CompileOutcome> each : running) {
            CompileOutcome.Failed failed = assertInstanceOf(CompileOutcome.Failed.class, each.get());
            assertEquals(Outcome.COMPILE_TIMEOUT, failed.outcome(), failed.reason());
            assertTrue(failed.reason().contains("limit of 15 s"), failed.reason());
            assertTrue(failed.compileMillis() >= LIMIT.toMillis(), failed.toString());
        }
    }

    @Test
    void rubbishOnStandardOutputDoesNoHarm() throws Exception {
        String noisy =
                "import ctypes, os\nprint('PHW1 rubbish')\nos.write(1, b'more rubbish')\nos.system('echo rubbish')\n"
                        + "ctypes.CDLL(None).puts(b'rubbish from C')\nctypes.CDLL(None).fflush(None)";
        assertEquals(
                expected,
                compiled(pool.compile(TestModules.addJob("noisy", TestModules.after(noisy))))
                        .sha256());
    }

    @Test
    void rubbishOnTheCompilersOwnConnectionCostsTheJob() throws Exception {
        String rubbish =
                "import os\nfor number in range(3, 40):\n    try:\n        os.write(number, b'not a frame at all')\n"
                        + "    except OSError:\n        pass";
        CompileOutcome.Failed failed = failed(TestModules.after(rubbish));
        assertEquals(Outcome.WORKER_DIED, failed.outcome(), failed.reason());
        assertTrue(failed.reason().contains("frame"), failed.reason());
    }

    @Test
    void aFloodOfMessagesIsBounded() throws Exception {
        String flood = "import os\nfor i in range(3000):\n    os.write(2, b'x' * 65536)";
        compiled(pool.compile(TestModules.addJob("flood", TestModules.after(flood))));
    }

    @Test
    void aChildThatIsKilledCostsItsJob(@TempDir Path folder) throws Exception {
        Path started = folder.resolve("started");
        String waiting = "import time\nopen('" + started + "', 'w').close()\ntime.sleep(300)";
        CompletableFuture<CompileOutcome> running =
                TestModules.later(pool, TestModules.addJob("killed", TestModules.after(waiting)));
        while (!Files.exists(started)) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        SEEN.addAll(pool.children());
        // The idle ones too: whoever comes next must not notice.
        pool.children().forEach(ProcessTable::kill);
        CompileOutcome.Failed failed = assertInstanceOf(CompileOutcome.Failed.class, running.get());
        assertEquals(Outcome.WORKER_DIED, failed.outcome(), failed.reason());
        assertTrue(failed.reason().contains("killed from outside (SIGKILL)"), failed.reason());
    }

    @Test
    void whatAJobLeavesRunningIsEnded(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("own");
        Path session = folder.resolve("session");
        String leaving = "import subprocess\na = subprocess.Popen(['sleep', '302'])\n"
                + "b = subprocess.Popen(['sleep', '303'], start_new_session=True)\n"
                + "open('" + own + "', 'w').write(str(a.pid))\nopen('" + session + "', 'w').write(str(b.pid))";
        compiled(pool.compile(TestModules.addJob("leaves", TestModules.after(leaving))));
        for (Path file : List.of(own, session)) {
            long pid = Long.parseLong(Files.readString(file));
            ProcessHandle.of(pid)
                    .ifPresent(process ->
                            process.onExit().orTimeout(20, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void anInterruptedCallEndsItsWork(@TempDir Path folder) throws Exception {
        Path started = folder.resolve("started");
        String waiting = "import os, time\nopen('" + started + ".new', 'w').write(str(os.getpid()))\nos.rename('"
                + started + ".new', '" + started + "')\ntime.sleep(300)";
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                pool.compile(TestModules.addJob("interrupted", TestModules.after(waiting)));
            } catch (InterruptedException e) {
                end.complete(e);
            }
        });
        caller.start();
        while (!Files.exists(started)) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        caller.interrupt();
        end.get();
        assertEquals(List.of(), ProcessTable.leftOf(List.of(Long.parseLong(Files.readString(started)))));
    }
}
