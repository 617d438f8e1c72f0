package dev.perihelion.cli;

import dev.perihelion.executor.CompileWorkerPool;
import dev.perihelion.executor.GpuWorker;
import dev.perihelion.executor.PythonRuntime;
import dev.perihelion.executor.WorkerInfo;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code perihelion doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Says what this machine has, what is missing, and what to do about it.")
final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Java     " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " cores");
        boolean well = python(out);
        out.println(well ? "This machine can tune." : "This machine cannot tune before that is mended.");
        return well ? ExitStatus.DONE : ExitStatus.USER_MISTAKE;
    }

    private static boolean python(PrintWriter out) throws InterruptedException {
        PythonRuntime runtime = PythonRuntime.find();
        try (CompileWorkerPool pool = new CompileWorkerPool(runtime, 1, CompileWorkerPool.DEFAULT_LIMIT)) {
            WorkerInfo info = pool.info();
            out.println("Python   " + info.python() + " (" + runtime.python() + ")");
            out.println("torch    " + info.torch());
            out.println("triton   " + info.triton());
        } catch (RuntimeException e) {
            out.println("Python   cannot run workers with " + runtime.python() + ": " + e.getMessage());
            out.println(
                    "         Set PERIHELION_PYTHON to a Python that has torch, triton, numpy and pyarrow, or remove .venv.");
            return false;
        }
        gpu(out, runtime);
        return true;
    }

    private static void gpu(PrintWriter out, PythonRuntime runtime) throws InterruptedException {
        if (!Files.exists(Path.of("/dev/nvidiactl"))) {
            out.println("GPU      none; latencies will be estimates");
            return;
        }
        try (GpuWorker worker = new GpuWorker(runtime)) {
            out.println("GPU      "
                    + worker.info().device().map(DoctorCommand::describe).orElse("none that CUDA can use"));
        } catch (RuntimeException e) {
            out.println("GPU      there is a driver, but no worker can use it: " + e.getMessage());
        }
    }

    private static String describe(WorkerInfo.Device device) {
        return device.name() + " (" + device.target() + ", " + device.multiprocessors() + " multiprocessors, "
                + (device.memoryBytes() >> 30) + " GiB, driver " + device.driver() + ")";
    }
}
