package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.perihelion.search.trial.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can happen to the compile server itself, with real processes. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompileServerDrillsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private PythonRuntime runtime(String script) throws IOException {
        Path python = folder.resolve("python");
        Files.writeString(python, script);
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new PythonRuntime(python, PythonRuntime.find().packageFolder());
    }

    private static CompileOutcome.Failed failed(CompileOutcome outcome) {
        return assertInstanceOf(CompileOutcome.Failed.class, outcome, outcome.toString());
    }

    private static void compiled(CompileOutcome outcome) {
        assertInstanceOf(CompileOutcome.Compiled.class, outcome, outcome.toString());
    }

    @Test
    void aServerThatIsKilledCostsNoJob() throws Exception {
        try (CompileWorkerPool pool = new CompileWorkerPool(PythonRuntime.find(), 2, LIMIT)) {
            // Starting.
            CompletableFuture<CompileOutcome> first =
                    TestModules.later(pool, TestModules.addJob("a", TestModules.VECTOR_ADD));
            while (pool.serverPid().isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            long starting = pool.serverPid().orElseThrow();
            ProcessTable.kill(starting);
            compiled(first.get());
            long second = pool.serverPid().orElseThrow();
            assertNotEquals(starting, second);
            assertEquals(1, ProcessTable.threads(second), "a process with threads must not fork");

            // At work, with a compiler of its own and something that the module started.
            Path started = folder.resolve("started");
            String hangsOnce = TestModules.after("import os, subprocess, time\nif not os.path.exists('" + started
                    + "'):\n    subprocess.Popen(['sleep', '304'])\n    open('" + started
                    + "', 'w').close()\n    time.sleep(300)");
            CompletableFuture<CompileOutcome> running = TestModules.later(pool, TestModules.addJob("b", hangsOnce));
            while (!Files.exists(started)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            List<Long> children = new ArrayList<>(pool.children());
            ProcessTable.kill(second);
            compiled(running.get());
            long third = pool.serverPid().orElseThrow();
            assertNotEquals(second, third);
            children.add(second);
            assertEquals(List.of(), ProcessTable.leftOf(children));

            // Idle.
            children = new ArrayList<>(pool.children());
            ProcessTable.kill(third);
            assertEquals(List.of(), ProcessTable.leftOf(children));
            compiled(pool.compile(TestModules.addJob("c", TestModules.VECTOR_ADD + "\n# c\n")));
        }
    }

    @Test
    void closingEndsAllThatRuns() throws Exception {
        CompileWorkerPool pool = new CompileWorkerPool(PythonRuntime.find(), 1, LIMIT);
        Path started = folder.resolve("started");
        CompletableFuture<CompileOutcome> running = TestModules.later(
                pool,
                TestModules.addJob(
                        "a", TestModules.after("import time\nopen('" + started + "', 'w').close()\ntime.sleep(300)")));
        while (!Files.exists(started)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        List<Long> groups = new ArrayList<>(pool.children());
        assertEquals(1, groups.size());
        groups.add(pool.serverPid().orElseThrow());
        pool.close();
        assertEquals(Outcome.INFRASTRUCTURE, failed(running.get()).outcome());
        assertEquals(List.of(), ProcessTable.leftOf(groups));
        CompileOutcome after = pool.compile(TestModules.addJob("b", TestModules.VECTOR_ADD));
        assertEquals(Outcome.INFRASTRUCTURE, failed(after).outcome());
    }

    @Test
    void aPythonWithoutTritonSaysWhatToDo() throws Exception {
        Path packages =
                Files.createDirectories(folder.resolve("packages/triton")).getParent();
        Files.writeString(
                packages.resolve("triton/__init__.py"),
                "raise ModuleNotFoundError(\"No module named 'triton'\", name='triton')\n");
        PythonRuntime without = runtime("#!/bin/sh\nexport PYTHONPATH=" + packages + ":$PYTHONPATH\nexec "
                + PythonRuntime.find().python() + " \"$@\"\n");
        try (CompileWorkerPool pool = new CompileWorkerPool(without, 1, LIMIT)) {
            CompileOutcome.Failed failed = failed(pool.compile(TestModules.addJob("a", TestModules.VECTOR_ADD)));
            assertEquals(Outcome.INFRASTRUCTURE, failed.outcome());
            assertTrue(failed.reason().contains("has no package `triton`. Install it there"), failed.reason());
            assertTrue(pool.serverPid().isEmpty());
        }
    }

    @Test
    void aProgramThatSpeaksNoFramesIsEnded() throws Exception {
        PythonRuntime rubbish = runtime("#!/bin/sh\necho this is not a frame\nexec sleep 305\n");
        try (CompileWorkerPool pool = new CompileWorkerPool(rubbish, 1, LIMIT)) {
            CompileOutcome.Failed failed = failed(pool.compile(TestModules.addJob("a", TestModules.VECTOR_ADD)));
            assertEquals(Outcome.INFRASTRUCTURE, failed.outcome());
            assertTrue(failed.reason().contains("Expected a frame, got the bytes `this`"), failed.reason());
            assertTrue(pool.serverPid().isEmpty());
        }
    }

    @Test
    void aServerThatNoLongerAnswersIsEnded() throws Exception {
        PythonRuntime deaf =
                runtime("#!/bin/sh\nprintf 'PHW1\\0\\0\\0\\016\\0\\0\\0\\0{\"protocol\":1}'\nexec sleep 306\n");
        Duration second = Duration.ofSeconds(1);
        try (CompileWorkerPool pool = new CompileWorkerPool(deaf, 1, second, 1024, second)) {
            CompileOutcome.Failed failed = failed(pool.compile(TestModules.addJob("a", TestModules.VECTOR_ADD)));
            assertEquals(Outcome.INFRASTRUCTURE, failed.outcome());
            assertTrue(failed.reason().contains("did not answer within 2 s"), failed.reason());
            assertTrue(pool.serverPid().isEmpty());
        }
    }
}
