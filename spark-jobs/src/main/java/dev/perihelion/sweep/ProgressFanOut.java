package dev.perihelion.sweep;

import java.util.List;
import java.util.function.Consumer;

/** Tells several listeners the same, one after the other. */
record ProgressFanOut(List<ProgressListener> listeners) implements ProgressListener {

    ProgressFanOut {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void sweepStarted(Sweep sweep, List<TuningTask> tasks) {
        each(listener -> listener.sweepStarted(sweep, tasks));
    }

    @Override
    public void taskSkipped(String id) {
        each(listener -> listener.taskSkipped(id));
    }

    @Override
    public void taskStarted(String id, TuningTask task, double spaceSizeLog10) {
        each(listener -> listener.taskStarted(id, task, spaceSizeLog10));
    }

    @Override
    public void message(String text) {
        each(listener -> listener.message(text));
    }

    @Override
    public void batchFinished(Batch batch) {
        each(listener -> listener.batchFinished(batch));
    }

    @Override
    public void taskFinished(TaskSummary summary) {
        each(listener -> listener.taskFinished(summary));
    }

    @Override
    public void sweepFinished(SweepSummary summary) {
        each(listener -> listener.sweepFinished(summary));
    }

    private void each(Consumer<ProgressListener> tell) {
        listeners.forEach(tell);
    }
}
