package dev.perihelion.sweep.run;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepSummary;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.stage.MeasureSlots;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.StageContext;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.stage.Workers;
import dev.perihelion.sweep.store.SweepRow;
import dev.perihelion.sweep.store.TaskRow;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs sweeps on Spark: task after task, each as {@link TaskRun} tells, with the results in the store after every batch. A
 * runner serves one sweep; {@link #stop()} may be called from any thread.
 */
public final class SweepRunner {

    /** Where neither the task nor the machine says what to compile for. */
    private static final String TARGET_WITHOUT_GPU = "cuda:90";

    private static final int CONFIRM_ROUNDS = 3;
    private static final double CONFIRM_MILLIS = 100;

    private final JavaSparkContext spark;
    private final TrialStore store;
    private final Toolchain toolchain;
    private final ProgressListener progress;
    private volatile boolean stopped;
    private volatile SparkStages running;

    /** A runner; does nothing yet. */
    public SweepRunner(JavaSparkContext spark, TrialStore store, Toolchain toolchain, ProgressListener progress) {
        this.spark = spark;
        this.store = store;
        this.toolchain = toolchain;
        this.progress = progress;
    }

    /**
     * Runs a sweep, or the rest of it: tasks that the store has as done are not run again, and trials that it has are told to
     * the strategy instead of being run. Nothing is written before every kernel was analysed.
     *
     * @throws dev.perihelion.compiler.diagnostics.CompileException for mistakes in a kernel
     * @throws IllegalArgumentException for an unknown strategy
     */
    public SweepSummary run(Sweep sweep) throws InterruptedException {
        Machine machine = Machine.probe(spark, toolchain);
        List<TaskPlan> plans = plan(sweep, machine);
        SweepRow row = store.sweep(sweep.id())
                .orElseGet(() -> SweepRow.of(sweep, TileCompiler.VERSION, spark.master(), Instant.now()));
        store.writeSweep(sweep.id(), row);
        progress.sweepStarted(sweep.id(), plans.size());
        explain(plans, machine);
        List<TaskSummary> summaries = new ArrayList<>();
        for (TaskPlan plan : plans) {
            if (!stopped) {
                runTask(sweep, plan, machine).ifPresent(summaries::add);
            }
        }
        if (!stopped) {
            store.writeSweep(sweep.id(), row.finished(Instant.now()));
        }
        Workers.closeAll();
        return new SweepSummary(sweep.id(), stopped, summaries);
    }

    /**
     * Times the answers of a sweep again, each against its task's default configuration in a fresh worker process. Writes
     * nothing. Tasks that are not finished or were not measured are left out.
     *
     * @param sweepId of a sweep in the store
     */
    public List<Verified> verify(String sweepId) throws InterruptedException {
        throw new UnsupportedOperationException("Sweep " + sweepId + " cannot be verified by this version.");
    }

    /** Ends the sweep soon: batches that are finished stay, what is in flight is given up. */
    public void stop() {
        stopped = true;
        SparkStages stages = running;
        if (stages != null) {
            stages.cancel();
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

    private Optional<TaskSummary> runTask(Sweep sweep, TaskPlan plan, Machine machine) throws InterruptedException {
        Optional<TaskRow> earlier = store.task(sweep.id(), plan.id());
        if (earlier.filter(row -> row.state().equals("done")).isPresent()) {
            progress.message("Task " + plan.id() + " is done already.");
            return Optional.empty();
        }
        TaskRow row = new TaskRow(
                plan.task(),
                plan.kernel().arguments().toJson(),
                plan.measured() ? machine.deviceJson() : Optional.empty(),
                Json.write(plan.kernel().space().describe()),
                plan.kernel().space().defaultConfiguration(),
                TaskRun.BATCH_SIZE,
                earlier.map(TaskRow::startedAt).orElseGet(Instant::now),
                Optional.empty(),
                "running",
                "",
                Optional.empty());
        store.writeTask(sweep.id(), plan.id(), row);
        progress.taskStarted(plan.id(), plan.task(), plan.kernel().space().sizeLog10());

        MeasureSlots slots = plan.measured()
                ? machine.gpus().orElseThrow()
                : MeasureSlots.cpus(Math.max(1, spark.defaultParallelism() / 2));
        SparkStages stages = new SparkStages(spark, sweep.id() + "/" + plan.id(), slots, () -> stopped);
        running = stages;
        StageContext context =
                new StageContext(toolchain, plan.id(), plan.task().toJson(), !plan.measured(), SparkSettings.cores());
        Evaluator evaluator = new Evaluator(stages, context, plan, machine);
        TaskRun run = new TaskRun(sweep.id(), plan, evaluator, store, progress, () -> stopped);
        String problem = "";
        Optional<Confirmation> confirmation = Optional.empty();
        try {
            run.search();
            confirmation = confirm(stages, context, plan, evaluator, run.tally());
        } catch (TaskFailure e) {
            problem = e.getMessage();
        } catch (CancellationException e) {
            // Stopped during the confirmation: the search stands, the comparison is missing.
        }
        running = null;
        String state = stopped ? "stopped" : problem.isEmpty() ? "done" : "failed";
        store.writeTask(
                sweep.id(),
                plan.id(),
                row.finished(Instant.now(), state, problem, confirmation.map(Confirmation::toJson)));
        TaskSummary summary = summary(plan, machine, run.tally(), state, problem, confirmation);
        progress.taskFinished(summary);
        return Optional.of(summary);
    }

    /** Times default and best alternately; empty where nothing is timed or the default is itself the best. */
    private Optional<Confirmation> confirm(
            SparkStages stages, StageContext context, TaskPlan plan, Evaluator evaluator, TrialTally tally) {
        Optional<TrialRow> best = tally.best();
        boolean comparable = plan.measured()
                && !stopped
                && best.isPresent()
                && best.get().trial().number() != 0
                && tally.defaultNanos().isPresent();
        if (!comparable) {
            return Optional.empty();
        }
        MeasureStage.Item first = item(evaluator, tally.row(0));
        MeasureStage.Item second = item(evaluator, best.get());
        List<MeasureStage.Item> items = new ArrayList<>();
        for (int round = 0; round < CONFIRM_ROUNDS; round++) {
            items.add(first);
            items.add(second);
        }
        MeasurePolicy policy = plan.task().policy();
        MeasurePolicy longer = new MeasurePolicy(
                policy.timer(),
                policy.l2(),
                policy.screenCalls(),
                policy.screenRatio(),
                Math.max(CONFIRM_MILLIS, policy.rankMillis()),
                policy.minCalls(),
                Math.max(1000, policy.maxCalls()),
                policy.runTimeoutMillis());
        // One partition: both must be timed on the same GPU, in turn.
        MeasureSlots one = new MeasureSlots(
                true, 1, stages.slots().fromSpark(), stages.slots().addresses());
        List<MeasureStage.Report> reports = stages.measureOnce(
                context, one, evaluator.common(Json.write(longer), OptionalDouble.empty(), true), items);
        if (reports.stream().anyMatch(report -> !report.ok())) {
            String reason = reports.stream()
                    .filter(report -> !report.ok())
                    .findFirst()
                    .orElseThrow()
                    .reason();
            progress.message("The fastest configuration of " + plan.id()
                    + " could not be confirmed against the default (" + reason + "); its search latency stands.");
            return Optional.empty();
        }
        return Optional.of(Confirmation.of(
                latencies(reports, first.number()),
                latencies(reports, second.number()),
                best.get().id()));
    }

    private static List<Double> latencies(List<MeasureStage.Report> reports, long number) {
        return reports.stream()
                .filter(report -> report.number() == number)
                .map(MeasureStage.Report::latencyNanos)
                .toList();
    }

    private static MeasureStage.Item item(Evaluator evaluator, TrialRow row) {
        Evaluator.Built built = evaluator
                .kept(row.trial().number())
                .orElseGet(() -> evaluator.rebuild(new Batch.Asked(
                        row.trial().number(), row.configuration(), row.trial().origin())));
        return new MeasureStage.Item(
                row.trial().number(),
                built.module().text(),
                built.artefact()
                        .orElseThrow(() -> new TaskFailure("Trial " + row.id() + " could not be built again.")));
    }

    private static TaskSummary summary(
            TaskPlan plan,
            Machine machine,
            TrialTally tally,
            String state,
            String problem,
            Optional<Confirmation> confirmation) {
        double seconds = tally.searchSeconds();
        return new TaskSummary(
                plan.id(),
                plan.task(),
                plan.measured() ? machine.device().map(device -> device.name()) : Optional.empty(),
                plan.measured(),
                state,
                problem,
                tally.trials(),
                Map.copyOf(tally.outcomes()),
                tally.defaultNanos(),
                Answer.of(tally.best(), Optional.ofNullable(tally.row(0)), confirmation),
                confirmation,
                seconds,
                seconds > 0 ? tally.trials() / seconds : 0);
    }
}
