package dev.perihelion.executor;

import dev.perihelion.executor.WorkerFailure.Kind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A worker process that was started, with its streams and its folder; what is said over them is its owner's business.
 *
 * @param in to its stdin
 * @param out from its stdout
 */
record LaunchedWorker(Process process, OutputStream in, InputStream out, WorkerFolder folder) {

    /** How long a worker may take to say hello. */
    static final Duration START_LIMIT = Duration.ofSeconds(180);

    /** What follows the interpreter: the worker package. */
    static final List<String> PACKAGE = List.of("-m", "perihelion.worker");

    /** Starts a process of the worker package. */
    static LaunchedWorker launch(PythonRuntime runtime, List<String> arguments, Map<String, String> environment)
            throws WorkerFailure {
        return launch(runtime, PACKAGE, arguments, environment);
    }

    /**
     * Starts one.
     *
     * @param program what follows the interpreter
     * @param arguments its kind, and options
     * @param environment more variables
     * @throws WorkerFailure (cannot_start) where there is no such program, or no folder can be made
     */
    static LaunchedWorker launch(
            PythonRuntime runtime, List<String> program, List<String> arguments, Map<String, String> environment)
            throws WorkerFailure {
        WorkerFolder folder;
        try {
            folder = WorkerFolder.create(arguments.get(0));
        } catch (IOException e) {
            throw new WorkerFailure(Kind.CANNOT_START, "No temporary folder can be made: " + e.getMessage());
        }
        try {
            List<String> command = new ArrayList<>(List.of(runtime.python().toString(), "-u"));
            command.addAll(program);
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.redirectError(ProcessBuilder.Redirect.appendTo(folder.log().toFile()));
            String packages = runtime.packageFolder().toString();
            builder.environment().merge("PYTHONPATH", packages, (old, own) -> own + ":" + old);
            builder.environment().put("TMPDIR", folder.path().toString());
            builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
            builder.environment().putAll(environment);
            Process process = builder.start();
            LaunchedWorker worker = new LaunchedWorker(
                    process,
                    new BufferedOutputStream(process.getOutputStream(), 1 << 16),
                    new BufferedInputStream(process.getInputStream(), 1 << 16),
                    folder);
            LiveProcesses.add(worker);
            return worker;
        } catch (IOException e) {
            folder.delete();
            throw new WorkerFailure(
                    Kind.CANNOT_START, "`" + runtime.python() + "` cannot be started: " + e.getMessage());
        }
    }

    /** @throws WorkerFailure (cannot_start) where a hello says that the worker cannot work, or speaks otherwise */
    static void check(Frame hello) throws WorkerFailure {
        if (hello.header().has("error")) {
            throw new WorkerFailure(
                    Kind.CANNOT_START, hello.header().path("error").asText());
        }
        int protocol = hello.header().path("protocol").asInt();
        if (protocol != FrameCodec.PROTOCOL) {
            throw new WorkerFailure(
                    Kind.CANNOT_START,
                    "The worker speaks protocol " + protocol + ", this release " + FrameCodec.PROTOCOL + ".");
        }
    }

    /** How the process ended, once a stream of it has: its exit status and the line of its stderr that says most. */
    String ending(Throwable cause) throws InterruptedException {
        boolean ended = process.waitFor(5, TimeUnit.SECONDS);
        String status = ended ? "exit status " + process.exitValue() : String.valueOf(cause.getMessage());
        String last = folder.lastLine();
        return "The worker process ended (" + status + ")" + (last.isEmpty() ? "." : ": " + last);
    }

    /** Kills it, with all that it started, and removes its folder. Harmless where it is gone. */
    void stop() {
        LiveProcesses.kill(process, folder.children());
        folder.delete();
    }
}
