package dev.perihelion.sweep.run;

import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.WarmStart;
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
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One tuning task from its row in the store to its summary: it begins, its {@linkplain #search() search} is run by the
 * {@link SweepLoop}, and it ends with the last comparison. Beginning and ending wait for things, on threads of their own.
 */
final class TaskRunner {

    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

    private final TrialStore store;
    private final ProgressListener progress;
    private final String sweep;
    private final TaskPlan plan;
    private final Machine machine;
    private final BooleanSupplier stopped;
    private final BooleanSupplier broken;
    private final Flow flow;
    private final StageContext context;
    private final SparkJobs jobs;
    private final NearTasks near;
    private final StoreRetry retry;
    private WarmStart warmStart = WarmStart.NONE;
    private TaskRow row;
    private TaskRun search;
    private Races.Lanes lanes;

    /**
     * @param near what the store has of tasks near to this one
     * @param stopped whether to end soon
     * @param broken whether Spark has ended: what fails then is no fault of the task, whose row is left as that of a killed run
     */
    TaskRunner(
            JavaSparkContext spark,
            TrialStore store,
            Toolchain toolchain,
            ProgressListener progress,
            String sweep,
            TaskPlan plan,
            Machine machine,
            NearTasks near,
            BooleanSupplier stopped,
            BooleanSupplier broken) {
        this.store = store;
        this.progress = progress;
        this.sweep = sweep;
        this.plan = plan;
        this.machine = machine;
        this.near = near;
        this.stopped = stopped;
        this.broken = broken;
        this.flow = machine.flow(spark, plan.measured());
        this.context = new StageContext(
                toolchain,
                plan.id(),
                plan.task().toJson(),
                !plan.measured(),
                SparkSettings.compileWorkers(spark.getConf()),
                plan.compileArguments(),
                plan.measureArguments(),
                plan.checkedKernel().reductionLength());
        this.retry = new StoreRetry(progress::message, stopped, Outage.PATIENCE);
        this.jobs = new SparkJobs(spark, sweep + "/" + plan.id());
    }

    /**
     * What a task shares with others.
     *
     * @param beganAt when it began; results stand in this order
     * @param inbox of the loop
     * @param threads beside the loop's
     * @param capacity workers and GPUs
     * @param watch how long it has searched
     * @param searches how many tasks search now
     * @param evaluationsLeft how many trials the sweep still allows
     * @param lanes for races
     */
    record Surroundings(
            Instant beganAt,
            Post inbox,
            Threads threads,
            Capacity capacity,
            TurnClock.Watch watch,
            IntSupplier searches,
            LongSupplier evaluationsLeft,
            Races.Lanes lanes) {}

    TaskPlan plan() {
        return plan;
    }

    /** The search; there once the task has begun without a problem. */
    TaskRun search() {
        return search;
    }

    /** Gives up all that is under way; from any thread. */
    void cancel() {
        jobs.cancel();
    }

    /**
     * Begins: the task's row is in the store, and what the store has of an earlier run is taken up.
     *
     * @return why the task cannot go on; empty where it can
     */
    String begin(Surroundings surroundings) {
        lanes = surroundings.lanes();
        try {
            Optional<TaskRow> earlier =
                    retry.call("Task " + plan.id() + " cannot be read", () -> store.task(sweep, plan.id()));
            // A resumed search gets what it got before, whatever the store has now: its proposals follow from that.
            warmStart = earlier.isPresent()
                    ? earlier.get().warmStartJson().map(WarmStart::fromJson).orElse(WarmStart.NONE)
                    : near.seeds(sweep, plan);
            row = new TaskRow(
                    plan.task(),
                    plan.kernel().arguments().toJson(),
                    plan.measured() ? machine.deviceJson() : Optional.empty(),
                    Json.write(plan.kernel().space().describe()),
                    plan.kernel().space().defaultConfiguration(),
                    Flow.ASK_SIZE,
                    earlier.map(TaskRow::startedAt).orElse(surroundings.beganAt()),
                    Optional.empty(),
                    "running",
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(warmStart.toJson()));
            retry.run(unwritten(), () -> store.writeTask(sweep, plan.id(), row));
            near.add(sweep, plan);
            progress.taskStarted(plan.id(), plan.task(), plan.kernel().space().sizeLog10());
            tellWarmStart();
            search = new TaskRun(
                    sweep, plan, machine, flow, context, jobs, store, retry, progress, surroundings, warmStart);
            search.open();
            return "";
        } catch (RuntimeException e) {
            refuseWhenBroken(e);
            return problem(e);
        }
    }

    private void tellWarmStart() {
        if (!warmStart.seeds().isEmpty()) {
            progress.message("Task " + plan.id() + " tries first what near tasks found: "
                    + warmStart.counts().entrySet().stream()
                            .map(entry -> entry.getValue() + " of " + entry.getKey())
                            .collect(Collectors.joining(", "))
                    + ".");
        }
    }

    private String unwritten() {
        return "The row of task " + plan.id() + " cannot be written";
    }

    private void refuseWhenBroken(RuntimeException problem) {
        if (broken.getAsBoolean() && !(problem instanceof TaskFailure)) {
            throw problem;
        }
    }

    /** What to tell of a task that was ended by this. */
    String problem(RuntimeException e) {
        if (e instanceof TaskFailure) {
            return e.getMessage();
        }
        LOG.error("Task {} was ended by an error.", plan.id(), e);
        return "It was ended by an error of Perihelion or of its store: " + e;
    }

    /** The search is over: what is under way is given up. On the loop's thread. */
    void endSearch() {
        if (search != null) {
            search.end();
        }
    }

    /**
     * Ends: stores what was told, compares the fastest with the default, and writes the task's row. Throws only where the whole
     * sweep cannot go on.
     *
     * @param why the search failed; empty where it did not
     */
    TaskSummary finish(String why) throws InterruptedException {
        String problem = why;
        Optional<Confirmation> confirmation = Optional.empty();
        boolean stored = false;
        try {
            if (search != null) {
                search.flush(stopped);
            }
            stored = true;
            if (problem.isEmpty() && plan.measured() && !stopped.getAsBoolean()) {
                Races races = new Races(jobs, context, plan, flow.slots().fromSpark(), lanes, stopped);
                confirmation = new Finals(races, plan, progress::message)
                        .decide(search.tally().rows());
            }
        } catch (CancellationException e) {
            // Stopped during the last comparison: the search stands, the comparison is missing.
        } catch (RuntimeException e) {
            refuseWhenBroken(e);
            problem = problem.isEmpty() ? problem(e) : problem;
        }
        String state = stopped.getAsBoolean() ? "stopped" : problem.isEmpty() ? "done" : "failed";
        TaskSummary summary = summary(state, problem, confirmation);
        try {
            if (row != null) {
                TaskRow ended = row.finished(
                        Instant.now(),
                        state,
                        problem,
                        confirmation.map(Confirmation::toJson),
                        Optional.of(Json.write(summary.statistics().toJsonMap())));
                if (stored) {
                    retry.run(unwritten(), () -> store.writeTask(sweep, plan.id(), ended));
                } else {
                    // The trials were waited for; what holds for them holds for the row.
                    store.writeTask(sweep, plan.id(), ended);
                }
            }
        } catch (RuntimeException e) {
            summary = summary(state.equals("done") ? "failed" : state, problem(e), confirmation);
        }
        progress.taskFinished(summary);
        return summary;
    }

    /** Times a finished task's answer again, on a GPU that nothing else uses. */
    Verified verify(TaskResult result, TaskSummary.Best claim) throws InterruptedException {
        GpuLanes own = new GpuLanes(flow);
        Races.Lanes first = new Races.Lanes() {
            @Override
            public GpuLanes.Lane take() {
                return own.open().get(0);
            }

            @Override
            public void giveBack(GpuLanes.Lane lane) {}
        };
        return new Verifier(new Races(jobs, context, plan, flow.slots().fromSpark(), first, stopped), plan)
                .verify(result, claim);
    }

    private TaskSummary summary(String state, String problem, Optional<Confirmation> confirmation) {
        TrialTally tally = search == null ? new TrialTally(plan) : search.tally();
        SearchStatistics statistics = search == null
                ? new SearchMeter(0, System.nanoTime()).statistics(System.nanoTime())
                : search.statistics();
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
                statistics,
                warmStart);
    }
}
