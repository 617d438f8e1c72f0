package dev.perihelion.executor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * All worker processes of this virtual machine, so that none outlives it. A worker leads a process group of its own;
 * killing means the group and every descendant.
 */
final class LiveProcesses {

    private static final Set<LaunchedWorker> LIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(LiveProcesses::end, "perihelion-workers"));
    }

    private LiveProcesses() {}

    private static void end() {
        LIVE.forEach(LaunchedWorker::stop);
        SessionFolder.delete();
    }

    static void add(LaunchedWorker worker) {
        LIVE.add(worker);
        worker.process().onExit().thenRun(() -> LIVE.remove(worker));
    }

    /**
     * Kills a worker.
     *
     * @param children leaders of further process groups that belong to it
     */
    static void kill(Process process, List<Long> children) {
        List<ProcessHandle> descendants = process.descendants().toList();
        // Also where the leader has died: a compiler it started may still be there, and keeps the group's number taken.
        killGroups(process.pid(), children);
        descendants.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // Java has no call for process groups. Fails where the worker had no time to make its group; then it is alone.
    private static void killGroups(long pid, List<Long> children) {
        List<String> command = new ArrayList<>(List.of("kill", "-KILL", "--", "-" + pid));
        children.forEach(child -> command.add("-" + child));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            // No `kill` program: the descendants are ended one by one.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
