package dev.perihelion.sweep;

import dev.perihelion.search.trial.Outcome;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Hears how a sweep goes. Called from one thread at a time; a slow listener slows the sweep. */
public interface ProgressListener {

    /** Hears nothing. */
    ProgressListener SILENT = all(List.of());

    /** Lets each of these hear everything, in this order. */
    static ProgressListener all(List<ProgressListener> listeners) {
        return new ProgressFanOut(listeners);
    }

    /**
     * The sweep is in the store and begins.
     *
     * @param sweep what was asked
     * @param tasks all its tasks, targets resolved, in the sweep's order; those that are done already are among them
     */
    void sweepStarted(Sweep sweep, List<TuningTask> tasks);

    /** A tuning task needs nothing more: an earlier run has finished it. */
    void taskSkipped(String id);

    /** A tuning task begins. */
    void taskStarted(String id, TuningTask task, double spaceSizeLog10);

    /** Something that the user should know, one or more full sentences. */
    void message(String text);

    /** Some more trials are in the store. */
    void batchFinished(Batch batch);

    /** A tuning task has ended; its trials and its row are in the store. */
    void taskFinished(TaskSummary summary);

    /** The sweep has ended, or was stopped; nothing comes after this. */
    void sweepFinished(SweepSummary summary);

    /**
     * How far a task is.
     *
     * @param task its id
     * @param trials finished so far, in this run and in earlier ones
     * @param replayedTrials those of them that an earlier run had stored
     * @param budget most trials
     * @param outcomes of the trials so far
     * @param defaultNanos latency of the default configuration, once known
     * @param bestNanos the smallest latency so far
     * @param measured whether latencies are measurements; else they are estimates
     * @param trialsPerSecond of this run, since its search began
     * @param gpuBusyShare share of that time in which the GPUs worked, 0 to 1; empty where none measures
     * @param gpus on which this task's configurations are measured, shared with other tasks or not; 0 where none measures
     * @param gpuBusySeconds time in which those GPUs worked for this task in this run, over all; 0 where none measures
     */
    record Batch(
            String task,
            long trials,
            long replayedTrials,
            int budget,
            Map<Outcome, Long> outcomes,
            OptionalDouble defaultNanos,
            OptionalDouble bestNanos,
            boolean measured,
            double trialsPerSecond,
            OptionalDouble gpuBusyShare,
            int gpus,
            double gpuBusySeconds) {}
}
