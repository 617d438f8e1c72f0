package dev.perihelion.sweep.run;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import java.util.List;

/** Passes on what several threads say, one after the other. */
final class SerialProgress implements ProgressListener {

    private final ProgressListener listener;

    SerialProgress(ProgressListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void sweepStarted(Sweep sweep, List<TuningTask> tasks) {
        listener.sweepStarted(sweep, tasks);
    }

    @Override
    public synchronized void taskSkipped(String id) {
        listener.taskSkipped(id);
    }

    @Override
    public synchronized void taskStarted(String id, TuningTask task, double spaceSizeLog10) {
        listener.taskStarted(id, task, spaceSizeLog10);
    }

    @Override
    public synchronized void message(String text) {
        listener.message(text);
    }

    @Override
    public synchronized void batchFinished(Batch batch) {
        listener.batchFinished(batch);
    }

    @Override
    public synchronized void taskFinished(TaskSummary summary) {
        listener.taskFinished(summary);
    }

    @Override
    public synchronized void sweepFinished(SweepSummary summary) {
        listener.sweepFinished(summary);
    }
}
