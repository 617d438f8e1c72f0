package dev.perihelion.executor;

/** Checks and times binaries on one device. Calls wait for one another: a device runs one configuration at a time. */
public interface KernelMeasurer extends AutoCloseable {

    /** Starts the worker where it is not running, and tells what it is. */
    WorkerInfo info() throws InterruptedException;

    /** Checks and times; every failure, the worker's death included, is an outcome. */
    MeasureOutcome measure(MeasureJob job) throws InterruptedException;

    @Override
    void close();
}
