package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No way of ending leaves temporary files for good. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class LeftFoldersTest {

    @TempDir
    Path folder;

    @Test
    void anOrdinaryEndLeavesNothingAlsoOfKilledWorkers() throws Exception {
        Process process = WorkersProcess.start(folder, device(), "kill-workers");
        awaitReady(process);
        // Of the killed ones nothing is left already: two workers of the GPU, the server, the checker.
        assertEquals(
                4, workersFolders().stream().mapToInt(LeftFoldersTest::workers).sum());
        process.getOutputStream().close();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        assertNothingIsLeft();
    }

    @Test
    void sigtermLeavesNothing() throws Exception {
        Process process = WorkersProcess.start(folder, device());
        awaitReady(process);
        process.destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertNothingIsLeft();
    }

    @Test
    void whatSigkillLeavesIsRemovedByTheNextButNotWhatIsInUse() throws Exception {
        Process killed = WorkersProcess.start(folder, device());
        awaitReady(killed);
        List<ProcessHandle> workers = killed.descendants().toList();
        killed.destroyForcibly().waitFor();
        for (ProcessHandle worker : workers) {
            worker.onExit().get(15, TimeUnit.SECONDS);
        }
        Path left = workersFolders().get(0);
        Process first = WorkersProcess.start(folder, device());
        awaitReady(first);
        awaitGone(left);
        List<Path> inUse = workersFolders();
        assertEquals(1, inUse.size());
        Process second = WorkersProcess.start(folder, device() + "-second");
        awaitReady(second);
        assertTrue(workersFolders().containsAll(inUse));
        for (Process process : List.of(first, second)) {
            process.getOutputStream().close();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        }
        assertNothingIsLeft();
    }

    @Test
    void packagesThatNobodyUsesGoAfterAWeek() throws Exception {
        String user = System.getProperty("user.name", "user");
        Path old = Files.createDirectory(folder.resolve("perihelion-python-" + user + "-0123456789abcdef"));
        Path recent = Files.createDirectory(folder.resolve("perihelion-python-" + user + "-0123456789abcde0"));
        Path others = Files.createDirectory(folder.resolve("perihelion-python-somebody-0123456789abcdef"));
        for (Path each : List.of(old, others)) {
            Files.writeString(each.resolve("module.py"), "");
            Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        }
        Path target = PythonRuntime.unpack(folder);
        assertTrue(Files.isDirectory(target) && Files.isDirectory(recent) && Files.isDirectory(others));
        assertTrue(Files.notExists(old), () -> "left: " + old);
    }

    private static String device() {
        return "GPU-fake-folders-" + ProcessHandle.current().pid();
    }

    private static void awaitReady(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("ready", out.readLine());
    }

    private static void awaitGone(Path left) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (Files.exists(left) && System.nanoTime() < giveUp) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertTrue(Files.notExists(left), () -> "left: " + left);
    }

    /** All but the unpacked package, which stays for the next process. */
    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> left = entries.filter(
                            entry -> entry.getFileName().toString().startsWith("perihelion-")
                                    && !entry.getFileName().toString().startsWith("perihelion-python-"))
                    .toList();
            assertEquals(List.of(), left);
        }
    }

    private List<Path> workersFolders() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("perihelion-workers-"))
                    .toList();
        }
    }

    private static int workers(Path folder) {
        String[] names = folder.toFile().list((parent, name) -> name.startsWith("perihelion-"));
        return names == null ? 0 : names.length;
    }
}
