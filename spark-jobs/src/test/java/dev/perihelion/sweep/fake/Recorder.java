package dev.perihelion.sweep.fake;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it hears. */
public class Recorder implements ProgressListener {

    public final List<String> messages = new CopyOnWriteArrayList<>();
    public final List<Batch> batches = new CopyOnWriteArrayList<>();
    public final List<TaskSummary> summaries = new CopyOnWriteArrayList<>();

    public final List<String> skipped = new CopyOnWriteArrayList<>();

    @Override
    public void sweepStarted(Sweep sweep, List<TuningTask> tasks) {}

    @Override
    public void taskSkipped(String id) {
        skipped.add(id);
    }

    @Override
    public void taskStarted(String id, TuningTask task, double spaceSizeLog10) {}

    @Override
    public void message(String text) {
        messages.add(text);
    }

    @Override
    public void batchFinished(Batch batch) {
        batches.add(batch);
    }

    @Override
    public void taskFinished(TaskSummary summary) {
        summaries.add(summary);
    }

    @Override
    public void sweepFinished(SweepSummary summary) {}
}
