package dev.perihelion.executor;

/** Compiles modules to binaries. Safe for use by many threads; each call takes one worker for its time. */
public interface KernelBuilder extends AutoCloseable {

    /** Compiles; every failure, the worker's death included, is an outcome. */
    CompileOutcome compile(CompileJob job) throws InterruptedException;

    @Override
    void close();
}
