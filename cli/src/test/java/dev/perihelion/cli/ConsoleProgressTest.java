package dev.perihelion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.WarmStart;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sweep in virtual time, as a person sees it. */
@Timeout(20)
class ConsoleProgressTest {

    private static final int TASKS = 12;
    private static final Sweep SWEEP = new Sweep("20261123-233512-nightly", "nightly", "", tasks());

    private final StringWriter text = new StringWriter();
    private long now = 1_000_000_000L;

    @Test
    void onATerminalTheViewIsRedrawnInPlaceBelowWhatHasEnded() {
        try (ConsoleProgress console = console(Optional.of(new Terminal(80)))) {
            play(console, SWEEP);
        }
        List<String> frames = frames();
        assertThat(frames.get(0)).isEqualTo("Sweep 20261123-233512-nightly: 12 tuning tasks\n" + """
                Sweep 20261123-233512-nightly: 0 s
                  tasks   0 of 12 done, 0 running, 12 waiting
                  speed   0.0 configurations a second
                """);
        assertThat(frames).contains("""
                Sweep 20261123-233512-nightly: 1 min 00 s, about 5 min 07 s left
                  tasks   1 of 12 done, 10 running, 1 waiting
                  speed   12.0 configurations a second (6.0 on each of 2 GPUs), GPUs busy 75 %
                  so far  1.50x the default, geometric mean of 9 tasks
                  k01-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  k02-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  k03-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  k04-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  k05-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  k06-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  k07-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  k08-4096-f32-cuda90-HHHHHH     80/400  20.00 us     1.50x the default
                  and 2 more
                """);
        assertThat(frames).anySatisfy(frame -> assertThat(frame).startsWith("""
                  k01-4096-f32-cuda90-HHHHHH done: 400 configurations, 10.00 us, 3.00x the default
                Sweep 20261123-233512-nightly: 2 min 00 s"""));
        assertThat(frames).anySatisfy(frame -> assertThat(frame).startsWith("""
                  k02-4096-f32-cuda90-HHHHHH failed: The store is full.
                Sweep 20261123-233512-nightly: 2 min 00 s"""));
        assertThat(frames.get(frames.size() - 1)).isEmpty();
        assertThat(text.toString().lines())
                .allSatisfy(line -> assertThat(
                                line.replaceAll("\u001b\\[\\d*[AJ]|\r", "").length())
                        .isLessThan(90));
    }

    @Test
    void elsewhereThereIsALineForEachEndedTaskAndOneAMinuteAtMost() {
        try (ConsoleProgress console = console(Optional.empty())) {
            play(console, SWEEP);
        }
        assertThat(shown()).isEqualTo("""
                Sweep 20261123-233512-nightly: 12 tuning tasks
                  k00-4096-f32-cuda90-HHHHHH was done already
                  1 min 00 s, about 5 min 07 s left; 1 of 12 done, 10 running, 1 waiting; 12.0 configurations a second (6.0 on each of 2 GPUs), GPUs busy 75 %; 1.50x the default, geometric mean of 9 tasks
                GPU 1 is lost.
                  k01-4096-f32-cuda90-HHHHHH done: 400 configurations, 10.00 us, 3.00x the default
                  k02-4096-f32-cuda90-HHHHHH failed: The store is full.
                  k03-4096-f32-cuda90-HHHHHH done: 400 configurations, none valid (400 compile_error)
                  2 min 00 s, about 3 min 14 s left; 3 of 12 done, 1 failed, 7 running, 1 waiting; 10.5 configurations a second (5.2 on each of 2 GPUs), GPUs busy 66 %; 1.64x the default, geometric mean of 8 tasks
                """);
    }

    @Test
    void theWholeSweepsBudgetBoundsTheTimeThatIsLeft() {
        try (ConsoleProgress console = console(Optional.empty())) {
            play(console, SWEEP.withBudget(SweepBudget.parse("3min")));
        }
        assertThat(shown()).contains("  1 min 00 s, about 2 min 00 s left; ");
    }

    @Test
    void oneTaskIsToldInFull() {
        TuningTask task = tasks().get(3);
        try (ConsoleProgress console = console(Optional.empty())) {
            console.sweepStarted(new Sweep("20261123-233512-k03", "k03", "", List.of(task)), List.of(task));
            console.taskStarted(task.id(), task, 7.25);
            now += 60_000_000_000L;
            console.batchFinished(new ProgressListener.Batch(
                    task.id(),
                    50,
                    20,
                    400,
                    Map.of(Outcome.ESTIMATED, 50L),
                    OptionalDouble.of(2e4),
                    OptionalDouble.of(1e4),
                    false,
                    0.5,
                    OptionalDouble.empty(),
                    0,
                    0));
        }
        assertThat(shown()).isEqualTo("""
                Sweep 20261123-233512-k03
                Tuning k03 for cuda:90: about 10^7.3 configurations, pattern search, seed 0, 400 evaluations
                  1 min 00 s, about 11 min 40 s left; 50/400 configurations; 0.5 configurations a second; ~2.00x the default
                """);
    }

    @Test
    void nothingIsHeardAfterTheEnd() {
        try (ConsoleProgress console = console(Optional.of(new Terminal(80)))) {
            console.close();
            console.batchFinished(batch("nobody", 3));
            console.tick();
        }
        assertThat(text.toString()).isEmpty();
    }

    private ConsoleProgress console(Optional<Terminal> terminal) {
        return new ConsoleProgress(new PrintWriter(text, true), terminal, () -> now);
    }

    /** Task 0 was done before; 1 to 10 run beside each other on two GPUs, and 11 never begins. */
    private void play(ConsoleProgress console, Sweep sweep) {
        List<TuningTask> tasks = sweep.tasks();
        console.sweepStarted(sweep, tasks);
        console.taskSkipped(tasks.get(0).id());
        for (int at = 1; at <= 10; at++) {
            console.taskStarted(tasks.get(at).id(), tasks.get(at), 9);
        }
        for (int second = 5; second <= 60; second += 5) {
            now += 4_000_000_000L;
            for (int at = 1; at <= 9; at++) {
                console.batchFinished(batch(tasks.get(at).id(), second * 80 / 60));
            }
            now += 1_000_000_000L;
            console.tick();
        }
        console.message("GPU 1 is lost.");
        now += 60_000_000_000L;
        console.taskFinished(summary(tasks.get(1), "done", "", 400, OptionalDouble.of(1e4)));
        console.taskFinished(summary(tasks.get(2), "failed", "The store is full.", 80, OptionalDouble.of(2e4)));
        console.taskFinished(summary(tasks.get(3), "done", "", 400, OptionalDouble.empty()));
        console.tick();
        console.sweepFinished(new SweepSummary(sweep.id(), true, List.of()));
    }

    private static ProgressListener.Batch batch(String task, long trials) {
        return new ProgressListener.Batch(
                task,
                trials,
                0,
                400,
                Map.of(Outcome.MEASURED, trials),
                OptionalDouble.of(3e4),
                OptionalDouble.of(2e4),
                true,
                1,
                OptionalDouble.of(0.5),
                2,
                trials * 0.125);
    }

    private static TaskSummary summary(
            TuningTask task, String state, String problem, long trials, OptionalDouble bestNanos) {
        return new TaskSummary(
                task.id(),
                task,
                Optional.of("GPU"),
                true,
                state,
                problem,
                trials,
                Map.of(bestNanos.isPresent() ? Outcome.MEASURED : Outcome.COMPILE_ERROR, trials),
                OptionalDouble.of(3e4),
                bestNanos.isPresent()
                        ? Optional.of(new TaskSummary.Best(
                                task.id() + "-00001", bestNanos.getAsDouble(), Configuration.of(Map.of())))
                        : Optional.empty(),
                Optional.empty(),
                new SearchStatistics(trials, 0, 120, 2, trials * 0.125, trials * 0.2, 3, 1, 1),
                WarmStart.NONE);
    }

    private static List<TuningTask> tasks() {
        List<TuningTask> tasks = new ArrayList<>();
        for (int at = 0; at < TASKS; at++) {
            String kernel = String.format("k%02d", at);
            tasks.add(new TuningTask(
                    "k.py",
                    "",
                    kernel,
                    Map.of("x", "f32[4096]"),
                    "cuda:90",
                    "pattern",
                    0,
                    Budget.ofEvaluations(400),
                    Optional.empty(),
                    MeasurePolicy.DEFAULT));
        }
        return tasks;
    }

    private String shown() {
        return text.toString().replaceAll("(cuda90-)[0-9a-f]{6}", "$1HHHHHH");
    }

    /** What was on the screen after each time that the view was taken away. */
    private List<String> frames() {
        return List.of(shown().split("\u001b\\[\\d+A\r\u001b\\[J", -1));
    }
}
