package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;

/** Checks and times binaries on one device. Calls wait for one another: a device runs one configuration at a time. */
public interface KernelMeasurer extends AutoCloseable {

    /** Starts the worker where it is not running, and tells what it is. */
    WorkerInfo info() throws InterruptedException;

    /** Checks and times; every failure, the worker's death included, is an outcome. */
    MeasureOutcome measure(MeasureJob job) throws InterruptedException;

    /**
     * Compiles a module whose host function needs real values of real tensors, on the worker's device. Every failure is an
     * outcome.
     */
    default CompileOutcome compile(CompileJob job) throws InterruptedException {
        return new CompileOutcome.Failed(Outcome.INFRASTRUCTURE, "This worker does not compile.", 0);
    }

    /** Checks several programs and times them in turns; every failure, the worker's death included, is an outcome. */
    default RaceOutcome race(RaceJob job) throws InterruptedException {
        return new RaceOutcome.Failed(Outcome.INFRASTRUCTURE, "This worker does not time.");
    }

    /** Times a function of a Python file with the same clock; the error of the outcome is 0, nothing is compared. */
    default MeasureOutcome timeFunction(FunctionJob job) throws InterruptedException {
        return new MeasureOutcome.Failed(Outcome.INFRASTRUCTURE, "This worker does not time.");
    }

    @Override
    void close();
}
