package dev.perihelion.cli;

import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.run.PerihelionToolchain;
import dev.perihelion.sweep.run.SparkSweeps;
import dev.perihelion.sweep.run.SweepRunner;
import dev.perihelion.sweep.store.TrialStore;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a sweep in this process and tells its result; Ctrl-C ends it with everything finished in the store. */
final class SweepSession {

    private static final long STOP_SECONDS = 20;

    private final PrintWriter out;
    private final PrintWriter err;
    private final String store;
    private final Optional<String> master;

    SweepSession(PrintWriter out, PrintWriter err, String store, Optional<String> master) {
        this.out = out;
        this.err = err;
        this.store = store;
        this.master = master;
    }

    int run(Sweep sweep) throws InterruptedException {
        TrialStore trials = new TrialStore(store);
        CountDownLatch ended = new CountDownLatch(1);
        try (SparkSweeps spark = SparkSweeps.open(master)) {
            SweepRunner runner = spark.runner(trials, new PerihelionToolchain(), new ConsoleProgress(err));
            Thread onSignal = new Thread(() -> stop(runner, ended), "perihelion-stop");
            Runtime.getRuntime().addShutdownHook(onSignal);
            try {
                SweepSummary summary = runner.run(sweep);
                tell(summary, trials);
                return summary.foundAnything() ? ExitStatus.DONE : ExitStatus.NOTHING_VALID;
            } finally {
                ended.countDown();
                removeHook(onSignal);
            }
        }
    }

    private void stop(SweepRunner runner, CountDownLatch ended) {
        err.println("Stopping; what is finished stays in the store.");
        runner.stop();
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                err.println("The running configurations did not end in " + STOP_SECONDS + " s and are given up.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: the hook runs and needs no removal.
        }
    }

    private void tell(SweepSummary summary, TrialStore trials) {
        SweepResults results = SweepResults.read(trials, summary.sweep());
        for (TaskSummary task : summary.tasks()) {
            tell(task, results);
        }
        String flag = store.equals("store") ? "" : " --store " + store;
        out.println();
        out.println("Stored as " + summary.sweep() + " in " + trials.location() + ".");
        out.println("Next:  ./perihelion results latest" + flag);
        out.println("       ./perihelion export latest --format bundle --output bundle" + flag);
    }

    private void tell(TaskSummary task, SweepResults results) {
        out.println();
        String where = task.device()
                .map(device -> "measured on " + device)
                .orElse("ESTIMATES for " + task.task().target() + ", not measurements");
        out.println(task.task().kernel() + ": " + speed(task.statistics()) + ", " + where);
        String failures = ConsoleProgress.failures(task.outcomes());
        if (!failures.isEmpty()) {
            out.println("  of these: " + failures);
        }
        results.tasks().stream()
                .filter(result -> result.id().equals(task.id()))
                .findFirst()
                .ifPresent(result -> {
                    FailureReasons.print(out, result);
                    ResultTable.print(out, result, 3);
                    VerdictLines.print(out, result);
                });
    }

    private static String speed(SearchStatistics statistics) {
        String busy = statistics.gpus() > 0
                ? String.format(Locale.ROOT, ", GPU busy %.0f %%", 100 * statistics.gpuBusyShare())
                : "";
        String earlier =
                statistics.replayedTrials() > 0 ? " (" + statistics.replayedTrials() + " more were in the store)" : "";
        return String.format(
                Locale.ROOT,
                "%d configurations in %.1f s (%.1f a second%s)%s",
                statistics.trials(),
                statistics.searchSeconds(),
                statistics.trialsPerSecond(),
                busy,
                earlier);
    }
}
