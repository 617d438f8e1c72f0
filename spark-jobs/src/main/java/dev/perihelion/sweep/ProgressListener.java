package dev.perihelion.sweep;

import dev.perihelion.search.trial.Outcome;
import java.util.Map;
import java.util.OptionalDouble;

/** Hears how a sweep goes. Called from one thread at a time; a slow listener slows the sweep. */
public interface ProgressListener {

    /** Hears nothing. */
    ProgressListener SILENT = new ProgressListener() {
        @Override
        public void sweepStarted(String sweep, int tasks) {}

        @Override
        public void taskStarted(String id, TuningTask task, double spaceSizeLog10) {}

        @Override
        public void message(String text) {}

        @Override
        public void batchFinished(Batch batch) {}

        @Override
        public void taskFinished(TaskSummary summary) {}
    };

    /** The sweep is in the store and begins. */
    void sweepStarted(String sweep, int tasks);

    /** A tuning task begins. */
    void taskStarted(String id, TuningTask task, double spaceSizeLog10);

    /** Something that the user should know, one or more full sentences. */
    void message(String text);

    /** Some more trials are in the store. */
    void batchFinished(Batch batch);

    /** A tuning task has ended; its trials and its row are in the store. */
    void taskFinished(TaskSummary summary);

    /**
     * How far a task is.
     *
     * @param task its id
     * @param trials finished so far
     * @param budget most trials
     * @param outcomes of the trials so far
     * @param defaultNanos latency of the default configuration, once known
     * @param bestNanos the smallest latency so far
     * @param measured whether latencies are measurements; else they are estimates
     * @param trialsPerSecond of this run, since its search began
     * @param gpuBusyShare share of that time in which the GPUs worked, 0 to 1; empty where none measures
     */
    record Batch(
            String task,
            long trials,
            int budget,
            Map<Outcome, Long> outcomes,
            OptionalDouble defaultNanos,
            OptionalDouble bestNanos,
            boolean measured,
            double trialsPerSecond,
            OptionalDouble gpuBusyShare) {}
}
