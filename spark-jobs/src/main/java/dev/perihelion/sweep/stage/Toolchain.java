package dev.perihelion.sweep.stage;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.WorkEstimate;
import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.executor.KernelBuilder;
import dev.perihelion.executor.KernelMeasurer;
import dev.perihelion.sweep.TuningTask;
import java.io.Serializable;
import java.util.List;

/**
 * The compiler and the workers, as the sweep uses them: the one place where a test puts its own. Travels to executors, so an
 * implementation holds settings only; what it opens is owned by {@link Workers} of each process.
 */
public interface Toolchain extends Serializable {

    /** Equal for toolchains whose workers may be shared. */
    String id();

    /**
     * Analyses a task's kernel for its target, which is resolved.
     *
     * @throws dev.perihelion.compiler.diagnostics.CompileException for the user's mistakes
     */
    AnalyzedKernel analyze(TuningTask task);

    /** The same with small arguments, for checks without the hardware. */
    AnalyzedKernel analyzeSmall(TuningTask task);

    /** Starts compile workers. */
    KernelBuilder openBuilder(int workers);

    /** A worker that holds one GPU of this machine. */
    KernelMeasurer openGpu(String address);

    /** A worker that checks on the CPU and cannot time. */
    KernelMeasurer openInterpreter();

    /** What {@link #openGpu} takes, for each GPU of this machine; empty where there are none. Opens nothing. */
    List<String> gpuAddresses();

    /** What one call would take on the target, in nanoseconds: an estimate, for ranking only. */
    double estimateNanos(WorkEstimate work, BinaryFacts facts, String target);
}
