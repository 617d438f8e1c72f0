package dev.perihelion.sweep.run;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.stage.Workers;
import dev.perihelion.sweep.store.StoreException;
import dev.perihelion.sweep.store.SweepRow;
import dev.perihelion.sweep.store.TrialStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs sweeps on Spark: several tasks at once, as {@link SweepLoop} tells. A runner serves one sweep; {@link #stop()} may be
 * called from any thread.
 */
public final class SweepRunner {

    /** Where neither the task nor the machine says what to compile for. */
    private static final String TARGET_WITHOUT_GPU = "cuda:90";

    /** How long what was given up may take to end before its worker process is. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final JavaSparkContext spark;
    private final TrialStore store;
    private final Toolchain toolchain;
    private final ProgressListener progress;
    private volatile boolean stopped;
    private volatile Runnable onStop = () -> {};

    /** A runner; does nothing yet. */
    public SweepRunner(JavaSparkContext spark, TrialStore store, Toolchain toolchain, ProgressListener progress) {
        this.spark = spark;
        this.store = store;
        this.toolchain = toolchain;
        this.progress = new SerialProgress(progress);
    }

    /**
     * Runs a sweep, or the rest of it: tasks that the store has as done are not run again, and trials that it has are told to
     * the strategy instead of being run. Nothing is written before every kernel was analysed. No worker process is left at the
     * end, whatever the end is.
     *
     * @throws dev.perihelion.compiler.diagnostics.CompileException for mistakes in a kernel
     * @throws IllegalArgumentException for an unknown strategy
     * @throws StoreException where the store cannot be written, or holds a part of the sweep that cannot be gone on with
     */
    public SweepSummary run(Sweep sweep) throws InterruptedException {
        try {
            startCompilers();
            Machine machine = Machine.probe(spark, toolchain);
            List<TaskPlan> plans = plan(sweep, machine);
            plans.forEach(plan -> requireResumable(sweep, plan));
            SweepRow row = store.sweep(sweep.id())
                    .orElseGet(() -> SweepRow.of(sweep, TileCompiler.VERSION, spark.master(), Instant.now()));
            store.writeSweep(sweep.id(), row);
            progress.sweepStarted(sweep, plans.stream().map(TaskPlan::task).toList());
            explain(plans, machine);
            SweepSummary summary = runTasks(sweep, plans, machine);
            if (!stopped) {
                new StoreRetry(progress::message, () -> stopped, Outage.PATIENCE)
                        .run(
                                "The row of sweep " + sweep.id() + " cannot be written",
                                () -> store.writeSweep(sweep.id(), row.finished(Instant.now())));
            }
            progress.sweepFinished(summary);
            return summary;
        } finally {
            Workers.closeAll(PATIENCE);
        }
    }

    /**
     * Times the answers of a sweep again, each against its task's default configuration in a fresh worker process. Writes
     * nothing. Tasks that are not finished, were not measured or found nothing are left out.
     *
     * @param sweepId of a sweep in the store, or {@code latest}
     * @throws StoreException where it is not there
     */
    public List<Verified> verify(String sweepId) throws InterruptedException {
        SweepResults results = SweepResults.read(store, sweepId);
        try {
            startCompilers();
            Machine machine = Machine.probe(spark, toolchain);
            List<Verified> verified = new ArrayList<>();
            for (TaskResult result : results.tasks()) {
                boolean claims = result.measured() && result.row().state().equals("done");
                Optional<TaskSummary.Best> claim = claims ? result.best() : Optional.empty();
                if (claim.isPresent() && !stopped) {
                    verified.add(verify(results.sweep(), result, claim.get(), machine));
                }
            }
            return verified;
        } finally {
            Workers.closeAll(PATIENCE);
        }
    }

    /** Compile workers take as long to start as GPUs' workers do; here both start together. */
    private void startCompilers() {
        if (SparkSettings.isLocal(spark.getConf())) {
            Workers.startBuilder(toolchain, SparkSettings.compileWorkers(spark.getConf()));
        }
    }

    private Verified verify(String sweep, TaskResult result, TaskSummary.Best claim, Machine machine)
            throws InterruptedException {
        TuningTask task = result.row().task();
        String here = machine.device().map(device -> device.target()).orElse("");
        if (!task.target().equals(here)) {
            return Verifier.unverified(
                    result,
                    claim,
                    "It was measured on " + result.device().orElse(task.target()) + " (" + task.target() + "), and "
                            + (here.isEmpty() ? "there is no GPU here." : "the GPU here is " + here + "."));
        }
        TaskPlan plan = new TaskPlan(result.id(), task, toolchain.analyze(task), Optional.empty());
        TaskRunner runner = new TaskRunner(
                spark, store, toolchain, progress, sweep, plan, machine, NearTasks.none(), () -> stopped, () -> false);
        onStop = runner::cancel;
        try {
            return runner.verify(result, claim);
        } catch (CancellationException e) {
            return Verifier.unverified(result, claim, "It was stopped.");
        } finally {
            onStop = () -> {};
        }
    }

    /** Ends the sweep soon: trials that are told stay, what is under way is given up. */
    public void stop() {
        stopped = true;
        onStop.run();
    }

    /** Stores of earlier versions lack the order of telling, without which proposals cannot be made again. */
    private void requireResumable(Sweep sweep, TaskPlan plan) {
        if (!isDone(sweep, plan)
                && store.trials(sweep.id(), plan.id()).stream()
                        .anyMatch(row -> row.place().isEmpty())) {
            throw new StoreException(
                    "The sweep " + sweep.id() + " cannot be resumed: its trials were stored by an earlier "
                            + "version, which did not note the order in which they were told. Its results can still be shown and "
                            + "exported; to search on, start a new sweep.");
        }
    }

    private List<TaskPlan> plan(Sweep sweep, Machine machine) {
        List<TaskPlan> plans = new ArrayList<>();
        String here = machine.device().map(device -> device.target()).orElse(TARGET_WITHOUT_GPU);
        for (TuningTask asked : sweep.tasks()) {
            TuningTask task = asked.target().equals(TuningTask.AUTO) ? asked.withTarget(here) : asked;
            boolean measured = machine.device().isPresent() && task.target().equals(here);
            AnalyzedKernel kernel = toolchain.analyze(task);
            Strategies.create(task.strategy(), kernel.space(), task.seed());
            Optional<AnalyzedKernel> small = measured ? Optional.empty() : Optional.of(toolchain.analyzeSmall(task));
            TaskPlan plan = new TaskPlan(task.id(), task, kernel, small);
            if (plans.stream().noneMatch(other -> other.id().equals(plan.id()))) {
                plans.add(plan);
            }
        }
        return plans;
    }

    private void explain(List<TaskPlan> plans, Machine machine) {
        machine.leftOut().forEach(progress::message);
        List<String> estimated = plans.stream()
                .filter(plan -> !plan.measured())
                .map(plan -> plan.task().target())
                .distinct()
                .toList();
        if (estimated.isEmpty()) {
            return;
        }
        String found = machine.device()
                .map(device -> "The GPU here is " + device.target() + " (" + device.name() + "). ")
                .orElse(
                        machine.problem().isEmpty()
                                ? "No GPU was found. "
                                : "The GPU here cannot be used: " + machine.problem() + " ");
        progress.message(found + "For " + String.join(", ", estimated)
                + ", configurations are compiled, checked at small shapes on the CPU, and ranked by estimates, which are "
                + "marked as such and are not measurements. To measure, run the same command on a machine with such a GPU, "
                + "or on a cluster that has one (`perihelion sweep --master`, `perihelion k8s`).");
    }

    private SweepSummary runTasks(Sweep sweep, List<TaskPlan> plans, Machine machine) throws InterruptedException {
        Capacity capacity = Capacity.of(spark, machine);
        Map<Boolean, List<TaskPlan>> byDone = plans.stream().collect(Collectors.partitioningBy(p -> isDone(sweep, p)));
        byDone.get(true).forEach(plan -> progress.taskSkipped(plan.id()));
        try (Threads threads = Threads.of(Math.max(1, capacity.gpuCount()))) {
            BooleanSupplier broken = () -> spark.sc().isStopped();
            SweepLimit limit =
                    new SweepLimit(sweep.budget(), trials(sweep, plans), capacity.gpuCount(), System.nanoTime());
            SweepLoop loop = new SweepLoop(capacity, threads, limit, progress, () -> stopped, broken);
            onStop = loop::wake;
            NearTasks near = sweep.cold() ? NearTasks.none() : NearTasks.of(store, byDone.get(false));
            for (TaskPlan plan : Order.of(byDone.get(false))) {
                loop.add(new TaskRunner(
                        spark, store, toolchain, progress, sweep.id(), plan, machine, near, () -> stopped, broken));
            }
            List<String> order = plans.stream().map(TaskPlan::id).toList();
            List<TaskSummary> summaries = loop.run().stream()
                    .sorted(Comparator.comparingInt(summary -> order.indexOf(summary.id())))
                    .toList();
            return new SweepSummary(sweep.id(), stopped, summaries, loop.saved());
        } finally {
            onStop = () -> {};
        }
    }

    /** Trials of earlier runs; counted where the sweep's budget needs them. */
    private long trials(Sweep sweep, List<TaskPlan> plans) {
        return sweep.budget().evaluations().isEmpty()
                ? 0
                : plans.stream()
                        .mapToLong(plan -> store.trials(sweep.id(), plan.id()).size())
                        .sum();
    }

    private boolean isDone(Sweep sweep, TaskPlan plan) {
        return store.task(sweep.id(), plan.id())
                .filter(row -> row.state().equals("done"))
                .isPresent();
    }
}
