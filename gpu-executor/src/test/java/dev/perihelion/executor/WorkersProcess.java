package dev.perihelion.executor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A virtual machine of its own with workers of all kinds at work in it, for tests that end it in all ways. Says {@code ready}, and
 * ends by itself when its stdin does.
 */
final class WorkersProcess {

    private WorkersProcess() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        GpuWorker gpu = FakeGpu.worker(arguments[0], Map.of());
        CompileWorkerPool pool = new CompileWorkerPool(PythonRuntime.find(), 2, Duration.ofSeconds(60));
        InterpreterWorker checker = new InterpreterWorker(PythonRuntime.find(), Duration.ofSeconds(60));
        pool.compile(TestModules.addJob("job", TestModules.VECTOR_ADD));
        gpu.measure(FakeGpu.job("{}"));
        checker.measure(TestModules.addCheck(TestModules.VECTOR_ADD));
        if (arguments.length > 1 && arguments[1].equals("kill-workers")) {
            // They are started again by the next jobs.
            kill(gpu.pid().orElseThrow());
            kill(gpu.serverPid().orElseThrow());
            kill(pool.serverPid().orElseThrow());
            kill(checker.pid().orElseThrow());
            pool.compile(TestModules.addJob("job", TestModules.VECTOR_ADD + "\n"));
            gpu.measure(FakeGpu.job("{}"));
            checker.measure(TestModules.addCheck(TestModules.VECTOR_ADD));
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Nothing is said.
        }
    }

    private static void kill(long pid) throws Exception {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);
    }

    /** Starts one whose temporary files go below a folder. */
    static Process start(Path folder, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                WorkersProcess.class.getName());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("TMPDIR", folder.toString());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return builder.start();
    }
}
