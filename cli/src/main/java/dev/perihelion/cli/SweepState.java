package dev.perihelion.cli;

import dev.perihelion.sweep.ProgressListener.Batch;
import dev.perihelion.sweep.Speedup;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** How far a sweep is, from what its listener hears. Times are nanoseconds of one clock, from any origin. */
final class SweepState {

    /** Speeds are those of this time. */
    private static final long WINDOW_NANOS = 60_000_000_000L;

    private static final long SAMPLE_NANOS = 1_000_000_000L;

    /** Before this share of the work is done nothing is said about the time that is left. */
    private static final double LEAST_DONE = 0.005;

    enum Phase {
        WAITING,
        RUNNING,
        ENDED,
        FAILED,
        SKIPPED
    }

    /** One task. */
    static final class Task {
        private final String id;
        private final TuningTask task;
        private Phase phase = Phase.WAITING;
        private long startNanos;
        private double alreadyDone;
        private Batch batch;
        private TaskSummary summary;

        private Task(String id, TuningTask task) {
            this.id = id;
            this.task = task;
        }

        String id() {
            return id;
        }

        TuningTask task() {
            return task;
        }

        Phase phase() {
            return phase;
        }

        /** What was last heard of a running task. */
        Optional<Batch> batch() {
            return Optional.ofNullable(batch);
        }

        private long trialsOfThisRun() {
            if (summary != null) {
                return summary.statistics().trials();
            }
            return batch == null ? 0 : batch.trials() - batch.replayedTrials();
        }

        private double busySeconds() {
            if (summary != null) {
                return summary.statistics().gpuBusySeconds();
            }
            return batch == null ? 0 : batch.gpuBusySeconds();
        }

        /** The share of the budget that is used, 0 to 1. */
        private double used(long nowNanos) {
            if (phase == Phase.WAITING) {
                return 0;
            }
            if (phase != Phase.RUNNING) {
                return 1;
            }
            double seconds = (nowNanos - startNanos) / 1e9;
            double used = seconds / task.budget().wallSeconds();
            if (batch != null) {
                used = Math.max(used, (double) batch.trials() / task.budget().evaluations());
                used = Math.max(used, batch.gpuBusySeconds() / task.budget().gpuSeconds());
            }
            return Math.min(1, used);
        }
    }

    /** Sums at one moment. */
    private record Sample(long nanos, long trials, double busySeconds) {}

    private final Sweep sweep;
    private final long startNanos;
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long firstStartNanos = -1;
    private int gpus;

    SweepState(Sweep sweep, List<TuningTask> all, long nowNanos) {
        this.sweep = sweep;
        this.startNanos = nowNanos;
        all.forEach(task -> tasks.put(task.id(), new Task(task.id(), task)));
    }

    Sweep sweep() {
        return sweep;
    }

    /** A task by its id. */
    Task task(String id) {
        return tasks.get(id);
    }

    List<Task> tasks(Phase phase) {
        return tasks.values().stream().filter(task -> task.phase == phase).toList();
    }

    int count(Phase phase) {
        return (int) tasks.values().stream().filter(task -> task.phase == phase).count();
    }

    int count() {
        return tasks.size();
    }

    void skipped(String id) {
        known(id, null).phase = Phase.SKIPPED;
    }

    void started(String id, TuningTask asked, long nowNanos) {
        Task task = known(id, asked);
        task.phase = Phase.RUNNING;
        task.startNanos = nowNanos;
        if (firstStartNanos < 0) {
            firstStartNanos = nowNanos;
            sample(nowNanos);
        }
    }

    void heard(Batch batch, long nowNanos) {
        Task task = known(batch.task(), null);
        if (task.batch == null) {
            task.alreadyDone = Math.min(1, (double) batch.replayedTrials() / batch.budget());
        }
        task.batch = batch;
        gpus = Math.max(gpus, batch.gpus());
        sample(nowNanos);
    }

    void ended(TaskSummary summary, long nowNanos) {
        Task task = known(summary.id(), summary.task());
        task.phase = summary.state().equals("failed") ? Phase.FAILED : Phase.ENDED;
        task.summary = summary;
        gpus = Math.max(gpus, summary.statistics().gpus());
        sample(nowNanos);
    }

    private Task known(String id, TuningTask asked) {
        return tasks.computeIfAbsent(id, key -> new Task(key, asked));
    }

    private void sample(long nowNanos) {
        if (!samples.isEmpty() && nowNanos - samples.getLast().nanos() < SAMPLE_NANOS && samples.size() > 1) {
            samples.removeLast();
        }
        samples.addLast(new Sample(nowNanos, trials(), busySeconds()));
        while (samples.size() > 2 && nowNanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Trials of this run. */
    long trials() {
        return tasks.values().stream().mapToLong(Task::trialsOfThisRun).sum();
    }

    private double busySeconds() {
        return tasks.values().stream().mapToDouble(Task::busySeconds).sum();
    }

    /** How many GPUs measure; 0 where none does. */
    int gpus() {
        return gpus;
    }

    double elapsedSeconds(long nowNanos) {
        return (nowNanos - startNanos) / 1e9;
    }

    /** Configurations in a second, lately. */
    double trialsPerSecond(long nowNanos) {
        double seconds = lately(nowNanos);
        return seconds > 0 ? (trials() - samples.getFirst().trials()) / seconds : 0;
    }

    /** The share of time in which the GPUs worked, lately, 0 to 1; empty where none measures. */
    OptionalDouble busyShare(long nowNanos) {
        double seconds = lately(nowNanos);
        return gpus > 0 && seconds > 0
                ? OptionalDouble.of(
                        Math.min(1, (busySeconds() - samples.getFirst().busySeconds()) / (seconds * gpus)))
                : OptionalDouble.empty();
    }

    private double lately(long nowNanos) {
        return samples.isEmpty() ? 0 : (nowNanos - samples.getFirst().nanos()) / 1e9;
    }

    /** Speed-ups over the default so far: the answers of tasks that ended in this run, the best so far of those that run. */
    List<Double> speedups() {
        List<Double> speedups = new ArrayList<>();
        for (Task task : tasks.values()) {
            OptionalDouble speedup = task.summary != null
                    ? task.summary.speedup()
                    : task.batch == null ? OptionalDouble.empty() : speedup(task.batch);
            speedup.ifPresent(speedups::add);
        }
        return speedups;
    }

    /** Whether some of the speed-ups compare estimates. */
    boolean someEstimated() {
        return tasks.values().stream()
                .anyMatch(task ->
                        task.summary != null ? !task.summary.measured() : task.batch != null && !task.batch.measured());
    }

    static OptionalDouble speedup(Batch batch) {
        return batch.bestNanos().isPresent() && batch.defaultNanos().isPresent()
                ? OptionalDouble.of(
                        batch.defaultNanos().getAsDouble() / batch.bestNanos().getAsDouble())
                : OptionalDouble.empty();
    }

    OptionalDouble meanSpeedup() {
        return Speedup.mean(speedups());
    }

    /**
     * The time until the end in seconds: what is left of all budgets, at the speed at which they were used so far, and no more
     * than the sweep's own budget allows. Empty while that is a guess.
     */
    OptionalDouble secondsLeft(long nowNanos) {
        double used = 0;
        double left = 0;
        for (Task task : tasks.values()) {
            if (task.phase != Phase.SKIPPED) {
                used += Math.max(0, task.used(nowNanos) - task.alreadyDone);
                left += 1 - task.used(nowNanos);
            }
        }
        double all = used + left;
        if (firstStartNanos < 0 || all == 0 || used < LEAST_DONE * all) {
            return OptionalDouble.empty();
        }
        double seconds = (nowNanos - firstStartNanos) / 1e9;
        double most = seconds * left / used;
        if (sweep.budget().minutes().isPresent()) {
            most = Math.min(most, sweep.budget().minutes().getAsDouble() * 60 - seconds);
        }
        if (sweep.budget().evaluations().isPresent() && trials() > 0) {
            double trialsLeft = sweep.budget().evaluations().getAsLong() - trials();
            most = Math.min(most, seconds * trialsLeft / trials());
        }
        return OptionalDouble.of(Math.max(0, most));
    }
}
