package dev.perihelion.sweep.run;

import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.stage.StageContext;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.store.TaskRow;
import dev.perihelion.sweep.store.TrialStore;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;

/** Runs one tuning task from its row in the store to its summary. */
final class TaskRunner {

    private final JavaSparkContext spark;
    private final TrialStore store;
    private final Toolchain toolchain;
    private final ProgressListener progress;
    private final String sweep;
    private final TaskPlan plan;
    private final Machine machine;
    private final Flow flow;
    private final StageContext context;
    private final SparkJobs jobs;
    private final Inbox inbox = new Inbox();

    TaskRunner(
            JavaSparkContext spark,
            TrialStore store,
            Toolchain toolchain,
            ProgressListener progress,
            String sweep,
            TaskPlan plan,
            Machine machine) {
        this.spark = spark;
        this.store = store;
        this.toolchain = toolchain;
        this.progress = progress;
        this.sweep = sweep;
        this.plan = plan;
        this.machine = machine;
        this.flow = machine.flow(spark, plan.measured());
        this.context = context();
        this.jobs = new SparkJobs(spark, sweep + "/" + plan.id());
    }

    private StageContext context() {
        return new StageContext(
                toolchain,
                plan.id(),
                plan.task().toJson(),
                !plan.measured(),
                SparkSettings.compileWorkers(spark.getConf()),
                plan.compileArguments(),
                plan.measureArguments(),
                plan.checkedKernel().reductionLength());
    }

    /** Ends the task soon; from any thread. */
    void stop() {
        jobs.cancel();
        inbox.post(() -> {});
    }

    /**
     * Runs the task, or the rest of it.
     *
     * @param stopped whether to end
     */
    TaskSummary run(BooleanSupplier stopped) throws InterruptedException {
        TaskRow row = begin();
        TaskRun search = new TaskRun(sweep, plan, machine, flow, context, jobs, store, progress, inbox, stopped);
        String problem = "";
        Optional<Confirmation> confirmation = Optional.empty();
        try {
            search.search();
            if (plan.measured() && !stopped.getAsBoolean()) {
                Races races = new Races(jobs, context, plan, flow, stopped);
                confirmation = new Finals(races, plan, progress::message)
                        .decide(search.tally().rows());
            }
        } catch (TaskFailure e) {
            problem = e.getMessage();
        } catch (CancellationException e) {
            // Stopped during the last comparison: the search stands, the comparison is missing.
        }
        String state = stopped.getAsBoolean() ? "stopped" : problem.isEmpty() ? "done" : "failed";
        SearchStatistics statistics = search.statistics();
        store.writeTask(
                sweep,
                plan.id(),
                row.finished(
                        Instant.now(),
                        state,
                        problem,
                        confirmation.map(Confirmation::toJson),
                        Optional.of(Json.write(statistics.toJsonMap()))));
        TaskSummary summary = summary(search.tally(), state, problem, confirmation, statistics);
        progress.taskFinished(summary);
        return summary;
    }

    /** Times a finished task's answer again. */
    Verified verify(TaskResult result, TaskSummary.Best claim, BooleanSupplier stopped) throws InterruptedException {
        return new Verifier(new Races(jobs, context, plan, flow, stopped), plan).verify(result, claim);
    }

    private TaskRow begin() {
        TaskRow row = new TaskRow(
                plan.task(),
                plan.kernel().arguments().toJson(),
                plan.measured() ? machine.deviceJson() : Optional.empty(),
                Json.write(plan.kernel().space().describe()),
                plan.kernel().space().defaultConfiguration(),
                Flow.ASK_SIZE,
                store.task(sweep, plan.id()).map(TaskRow::startedAt).orElseGet(Instant::now),
                Optional.empty(),
                "running",
                "",
                Optional.empty(),
                Optional.empty());
        store.writeTask(sweep, plan.id(), row);
        progress.taskStarted(plan.id(), plan.task(), plan.kernel().space().sizeLog10());
        return row;
    }

    private TaskSummary summary(
            TrialTally tally,
            String state,
            String problem,
            Optional<Confirmation> confirmation,
            SearchStatistics statistics) {
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
                Answer.of(tally.best(), tally::byId, Optional.ofNullable(tally.row(0)), confirmation),
                confirmation,
                statistics);
    }
}
