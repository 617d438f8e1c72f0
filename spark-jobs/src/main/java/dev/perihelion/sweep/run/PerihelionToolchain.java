package dev.perihelion.sweep.run;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.WorkEstimate;
import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.executor.CompileWorkerPool;
import dev.perihelion.executor.GpuWorker;
import dev.perihelion.executor.InterpreterWorker;
import dev.perihelion.executor.KernelBuilder;
import dev.perihelion.executor.KernelMeasurer;
import dev.perihelion.executor.LatencyEstimate;
import dev.perihelion.executor.PythonRuntime;
import dev.perihelion.executor.TargetFacts;
import dev.perihelion.executor.Work;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.stage.Toolchain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The compiler and the Python workers. Each process finds its own Python (see {@link PythonRuntime#find}). */
public final class PerihelionToolchain implements Toolchain {

    private static final long serialVersionUID = 1L;

    @Override
    public String id() {
        return "perihelion";
    }

    @Override
    public AnalyzedKernel analyze(TuningTask task) {
        return TileCompiler.analyze(task.sourceFile(), task.kernel(), task.arguments(), Target.parse(task.target()));
    }

    @Override
    public AnalyzedKernel analyzeSmall(TuningTask task) {
        return TileCompiler.analyze(
                task.sourceFile(), task.kernel(), TileCompiler.shrink(task.arguments()), Target.parse(task.target()));
    }

    @Override
    public KernelBuilder openBuilder(int workers) {
        return new CompileWorkerPool(PythonRuntime.find(), workers, CompileWorkerPool.DEFAULT_LIMIT);
    }

    @Override
    public KernelMeasurer openGpu(String address) {
        return new GpuWorker(PythonRuntime.find(), address, GpuWorker.DEFAULT_PREPARE_LIMIT);
    }

    @Override
    public KernelMeasurer openInterpreter() {
        return new InterpreterWorker(PythonRuntime.find(), InterpreterWorker.DEFAULT_LIMIT);
    }

    /** What {@code CUDA_VISIBLE_DEVICES} shows, or else the numbers of the driver's device files. */
    @Override
    public List<String> gpuAddresses() {
        String visible = System.getenv("CUDA_VISIBLE_DEVICES");
        List<String> files = deviceFiles(Path.of("/dev"));
        if (visible == null || files.isEmpty()) {
            return files;
        }
        return Arrays.stream(visible.split(","))
                .map(String::strip)
                .filter(device -> !device.isEmpty() && !device.equals("-1"))
                .toList();
    }

    /** Counted from 0 however the files are numbered: in a container a single GPU may be {@code /dev/nvidia3}. */
    static List<String> deviceFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            int count = (int) files.filter(file -> file.getFileName().toString().matches("nvidia\\d+"))
                    .count();
            return Stream.iterate(0, i -> i + 1)
                    .limit(count)
                    .map(Object::toString)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public double estimateNanos(WorkEstimate work, BinaryFacts facts, String target) {
        return LatencyEstimate.nanos(
                facts,
                new Work(
                        work.bytesRead(),
                        work.bytesWritten(),
                        work.distinctBytes(),
                        work.runs(),
                        work.sectorBytes(),
                        work.requests(),
                        work.laneInstructions(),
                        work.matrixFlops(),
                        work.operandBytes(),
                        work.turns(),
                        work.waits(),
                        work.exchanges(),
                        work.tiles()),
                factsOf(target));
    }

    /** The target's own facts, or those of a near relative: they only rank configurations of one kernel. */
    private static TargetFacts factsOf(String target) {
        String relative = target.startsWith("cuda:") ? "cuda:90" : "hip:gfx942";
        return TargetFacts.of(target).orElseGet(() -> TargetFacts.of(relative).orElseThrow());
    }
}
