package dev.perihelion.executor;

import java.util.List;
import java.util.Map;

/** Compiles modules to binaries. Safe for use by many threads. */
public interface KernelBuilder extends AutoCloseable {

    /**
     * Starts what would else start with the first job, and returns when it runs. A failure is told by the first job.
     */
    default void start() throws InterruptedException {}

    /**
     * Compiles; every failure, the worker's death included, is an outcome. Jobs that differ in no more than their id and
     * family may be compiled once.
     */
    CompileOutcome compile(CompileJob job) throws InterruptedException;

    /**
     * Asks a function of the user's file, called as {@code function(device=...)}, which arguments it gives.
     *
     * @param names of the kernel's parameters, in order
     */
    default InputsOutcome describeInputs(KernelFile file, String function, List<String> names)
            throws InterruptedException {
        return describeInputs(file, function, names, Map.of());
    }

    /**
     * Asks a function of the user's file, called as {@code function(device=..., M=..., T=...)}, which arguments it gives.
     *
     * @param names of the kernel's parameters, in order
     * @param symbols what the function is called with, by name: whole numbers, and torch's names of dtypes as texts
     */
    InputsOutcome describeInputs(KernelFile file, String function, List<String> names, Map<String, Object> symbols)
            throws InterruptedException;

    @Override
    void close();
}
