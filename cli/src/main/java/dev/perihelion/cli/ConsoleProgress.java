package dev.perihelion.cli;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Tells a person how a sweep goes. On a terminal a view of it is redrawn in place, below a line for each task that ended.
 * Elsewhere there are those lines, and at most one a minute for the whole.
 */
final class ConsoleProgress implements ProgressListener, AutoCloseable {

    private static final long REDRAW_NANOS = 200_000_000L;
    private static final long LINE_NANOS = 60_000_000_000L;
    private static final long TICK_MILLIS = 1000;

    private final PrintWriter err;
    private final Optional<Terminal> terminal;
    private final LongSupplier nanos;
    private SweepState state;
    private long lastNanos;
    private int drawn;
    private ScheduledExecutorService ticker;

    /**
     * A listener.
     *
     * @param terminal that {@code err} goes to; empty where it goes elsewhere
     * @param nanos the time, as {@link System#nanoTime} gives it
     */
    ConsoleProgress(PrintWriter err, Optional<Terminal> terminal, LongSupplier nanos) {
        this.err = err;
        this.terminal = terminal;
        this.nanos = nanos;
    }

    /** Lets the view go on while nothing is heard. */
    synchronized void startTicking() {
        ticker = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "perihelion-progress");
            thread.setDaemon(true);
            return thread;
        });
        ticker.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void sweepStarted(Sweep sweep, List<TuningTask> tasks) {
        state = new SweepState(sweep, tasks, nanos.getAsLong());
        lastNanos = nanos.getAsLong();
        print("Sweep " + sweep.id() + (tasks.size() == 1 ? "" : ": " + tasks.size() + " tuning tasks"));
    }

    @Override
    public synchronized void taskSkipped(String id) {
        if (state == null) {
            return;
        }
        state.skipped(id);
        print("  " + id + " was done already");
    }

    @Override
    public synchronized void taskStarted(String id, TuningTask task, double spaceSizeLog10) {
        if (state == null) {
            return;
        }
        state.started(id, task, nanos.getAsLong());
        if (state.count() == 1) {
            print(String.format(
                    Locale.ROOT,
                    "Tuning %s for %s: about 10^%.1f configurations, %s search, seed %d, %s",
                    task.kernel(),
                    task.target(),
                    spaceSizeLog10,
                    task.strategy(),
                    task.seed(),
                    task.budget().evaluations() == Integer.MAX_VALUE
                            ? "a time limit"
                            : task.budget().evaluations() + " evaluations"));
        }
        tick();
    }

    @Override
    public synchronized void message(String text) {
        print(text);
    }

    @Override
    public synchronized void batchFinished(Batch batch) {
        if (state == null) {
            return;
        }
        state.heard(batch, nanos.getAsLong());
        tick();
    }

    @Override
    public synchronized void taskFinished(TaskSummary summary) {
        if (state == null) {
            return;
        }
        state.ended(summary, nanos.getAsLong());
        print("  " + SweepView.ended(summary));
    }

    @Override
    public synchronized void sweepFinished(SweepSummary summary) {
        clear();
        state = null;
        err.flush();
    }

    /** Shows the time, whether something was heard or not. */
    synchronized void tick() {
        long now = nanos.getAsLong();
        if (state == null || now - lastNanos < (terminal.isPresent() ? REDRAW_NANOS : LINE_NANOS)) {
            return;
        }
        lastNanos = now;
        if (terminal.isPresent()) {
            clear();
            draw();
        } else {
            err.println(SweepView.line(state, now));
        }
        err.flush();
    }

    /** Takes the view away and shows none any more. */
    @Override
    public synchronized void close() {
        if (ticker != null) {
            ticker.shutdownNow();
        }
        clear();
        state = null;
        err.flush();
    }

    private void print(String text) {
        clear();
        err.println(text);
        if (terminal.isPresent() && state != null) {
            draw();
        }
        err.flush();
    }

    private void draw() {
        List<String> lines =
                SweepView.lines(state, nanos.getAsLong(), terminal.orElseThrow().columns());
        lines.forEach(err::println);
        drawn = lines.size();
    }

    /** Up to where the view begins, and away with all below. */
    private void clear() {
        if (drawn > 0) {
            err.print("\u001b[" + drawn + "A\r\u001b[J");
            drawn = 0;
        }
    }

    /** Outcomes other than success, with their counts. */
    static String failures(Map<Outcome, Long> outcomes) {
        return outcomes.entrySet().stream()
                .filter(entry -> !entry.getKey().hasLatency() && entry.getValue() > 0)
                .map(entry -> entry.getValue() + " " + entry.getKey().id())
                .collect(Collectors.joining(", "));
    }
}
