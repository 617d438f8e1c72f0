package dev.perihelion.cli;

import dev.perihelion.executor.InputsOutcome;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.events.EventFile;
import dev.perihelion.sweep.events.EventLog;
import dev.perihelion.sweep.events.EventSink;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.run.EarlyWorkers;
import dev.perihelion.sweep.run.PerihelionToolchain;
import dev.perihelion.sweep.run.SparkSweeps;
import dev.perihelion.sweep.run.SweepRunner;
import dev.perihelion.sweep.store.TrialStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a sweep in this process and tells its result; Ctrl-C ends it with everything finished in the store. Workers and Spark
 * start beside each other, and with the first thing that is asked of a worker.
 */
final class SweepSession implements AutoCloseable {

    private static final long STOP_SECONDS = 20;
    private static final DateTimeFormatter RUN =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final PrintWriter out;
    private final PrintWriter err;
    private final String store;
    private final Optional<String> master;
    private final PerihelionToolchain toolchain = new PerihelionToolchain();
    private EarlyWorkers early;
    private CompletableFuture<SparkSweeps> spark;

    SweepSession(PrintWriter out, PrintWriter err, String store, Optional<String> master) {
        this.out = out;
        this.err = err;
        this.store = store;
        this.master = master;
    }

    /** Asks a function of the user's file which arguments it gives; all else that a sweep needs starts meanwhile. */
    InputsOutcome describeInputs(KernelFile file, String function, List<String> names, Map<String, Object> symbols)
            throws InterruptedException {
        start();
        return early.describeInputs(file, function, names, symbols);
    }

    private synchronized void start() {
        if (early == null) {
            early = EarlyWorkers.of(toolchain, master);
            early.start();
            spark = CompletableFuture.supplyAsync(() -> SparkSweeps.open(master), task -> {
                Thread thread = new Thread(task, "perihelion-start-spark");
                thread.setDaemon(true);
                thread.start();
            });
        }
    }

    private SparkSweeps spark() {
        start();
        try {
            return spark.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Ends Spark and all workers. */
    @Override
    public void close() {
        if (early != null) {
            early.close();
            spark.thenAccept(SparkSweeps::close).exceptionally(failed -> null).join();
        }
    }

    /**
     * Runs the sweep and tells its result.
     *
     * @param events a file for its event log, besides that in the store
     */
    int run(Sweep sweep, Optional<Path> events) throws InterruptedException {
        TrialStore trials = new TrialStore(store);
        CountDownLatch ended = new CountDownLatch(1);
        List<EventSink> sinks = new ArrayList<>();
        sinks.add(trials.eventSink(sweep.id(), RUN.format(Instant.now())));
        events.map(EventFile::new).ifPresent(sinks::add);
        try (ConsoleProgress console = new ConsoleProgress(err, Terminal.ofStandardError(), System::nanoTime);
                EventLog log = new EventLog(sinks, Clock.systemUTC(), console::message)) {
            console.startTicking();
            SweepRunner runner = spark().runner(trials, toolchain, ProgressListener.all(List.of(console, log)));
            Thread onSignal = new Thread(() -> stop(runner, ended, console), "perihelion-stop");
            Runtime.getRuntime().addShutdownHook(onSignal);
            try {
                SweepSummary summary = runner.run(sweep);
                console.close();
                return tell(sweep, summary, trials) ? ExitStatus.DONE : ExitStatus.NOTHING_VALID;
            } finally {
                ended.countDown();
                removeHook(onSignal);
            }
        }
    }

    private static void stop(SweepRunner runner, CountDownLatch ended, ConsoleProgress console) {
        console.message("Stopping; what is finished stays in the store.");
        runner.stop();
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                console.message("The running configurations did not end in " + STOP_SECONDS + " s and are given up.");
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

    /** Tells what the store has of the sweep, earlier runs of it included, and whether that is anything valid. */
    private boolean tell(Sweep sweep, SweepSummary summary, TrialStore trials) {
        SweepTable table = new SweepTable();
        if (sweep.tasks().size() == 1) {
            SweepResults results = SweepResults.read(trials, summary.sweep());
            summary.tasks().forEach(task -> tell(task, results));
            results.tasks().forEach(table::add);
        } else {
            SweepResults.forEach(trials, summary.sweep(), table::add);
            out.println();
            table.print(out);
        }
        String flag = store.equals("store") ? "" : " --store " + store;
        out.println();
        out.println("Stored as " + summary.sweep() + " in " + trials.location() + ".");
        if (summary.stopped()) {
            out.println("Next:  the same command with --resume " + summary.sweep());
        } else {
            out.println("Next:  ./perihelion results latest" + flag);
            out.println("       ./perihelion export latest --format bundle --output bundle" + flag);
        }
        return table.anyValid();
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
