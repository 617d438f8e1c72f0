package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.LookAhead;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.stage.BuildStage;
import dev.perihelion.sweep.stage.GenerateStage;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.StageContext;
import dev.perihelion.sweep.stage.WireArtefact;
import dev.perihelion.sweep.store.TrialRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.broadcast.Broadcast;

/**
 * The trials of one task that are under way, each by itself: lowered and compiled in a Spark task of its own, then checked and
 * timed in small batches. A slow compilation holds its own slot and nothing else. The trial of a known program waits for that
 * program's result. What our machinery loses is tried once more.
 *
 * <p>Only the loop's thread calls this; Spark's threads speak through the {@link Inbox}.
 */
final class TrialPipeline {

    private final SparkJobs jobs;
    private final Broadcast<StageContext> context;
    private final TaskPlan plan;
    private final Flow flow;
    private final TrialRows rows;
    private final SearchMeter meter;
    private final LookAhead lookAhead;
    private final Post inbox;
    private final Consumer<String> messages;
    private final CompileSlots compileSlots;
    private final GpuLanes lanes;

    private final Baseline baseline;
    private final Duplicates duplicates = new Duplicates();
    private final Map<Long, Flight> flights = new HashMap<>();
    private final Deque<Flight> toBuild = new ArrayDeque<>();
    private final Set<Flight> building = new HashSet<>();
    private final BuildTimes buildTimes = new BuildTimes();
    private final Map<String, List<Flight>> builtElsewhere = new HashMap<>();
    private final Deque<Flight> toMeasure = new ArrayDeque<>();
    private int measuring;
    private final SmallChecks checks = new SmallChecks();
    private final List<TrialRow> finished = new ArrayList<>();

    TrialPipeline(
            SparkJobs jobs,
            StageContext context,
            TaskPlan plan,
            Flow flow,
            TrialRows rows,
            SearchMeter meter,
            LookAhead lookAhead,
            Post inbox,
            Consumer<String> messages,
            Capacity capacity) {
        this.jobs = jobs;
        this.context = jobs.share(context);
        this.plan = plan;
        this.flow = flow;
        this.rows = rows;
        this.meter = meter;
        this.lookAhead = lookAhead;
        this.inbox = inbox;
        this.messages = messages;
        this.compileSlots = capacity.compileSlots();
        this.lanes = capacity.lanes(plan.measured());
        this.baseline = new Baseline(jobs, plan);
    }

    /** Takes over a trial of an earlier run. */
    void remember(TrialRow row, Optional<TrialRow> original) {
        duplicates.remember(row, original);
    }

    /** Builds the default configuration of an earlier run again where results are compared with it. */
    void rebuildDefault(Asked standard) {
        if (baseline.needed()) {
            toBuild.addFirst(Flight.rebuild(standard));
        }
    }

    /** Takes new trials on. */
    void add(Collection<Asked> trials) {
        for (Asked asked : trials) {
            Flight flight = Flight.trial(asked);
            flights.put(flight.number(), flight);
            toBuild.add(flight);
        }
    }

    /** Trials that are under way. */
    int inFlight() {
        return flights.size();
    }

    /** Trials that have or wait for a worker; the others wait for the result of one of these. */
    int busy() {
        return toBuild.size() + building.size() + toMeasure.size() + measuring;
    }

    /** Compilations that take much longer than others did; no more than there are compile workers without work. */
    int slowBuilds() {
        int idle = compileSlots.free() - toBuild.size();
        long since = System.nanoTime() - buildTimes.slowNanos();
        long slow = building.stream()
                .filter(flight -> flight.buildStartNanos() - since < 0)
                .count();
        return (int) Math.max(0, Math.min(idle, slow));
    }

    /** Trials that have ended and were not taken. */
    int finished() {
        return finished.size();
    }

    /** The trials that ended since the last call. */
    List<TrialRow> takeFinished() {
        List<TrialRow> taken = List.copyOf(finished);
        finished.clear();
        return taken;
    }

    /** Trials that wait for a compile worker. */
    int toBuild() {
        return toBuild.size();
    }

    /** Trials that have a compile worker. */
    int building() {
        return building.size();
    }

    /** Sends up to {@code count} trials to compile workers. */
    void build(int count) {
        List<Flight> next = new ArrayList<>();
        while (next.size() < count && !toBuild.isEmpty()) {
            Flight flight = toBuild.poll();
            flight.buildStarts(System.nanoTime());
            building.add(flight);
            next.add(flight);
        }
        compileSlots.take(next.size());
        if (next.isEmpty()) {
            return;
        }
        List<BuildStage.Item> items = next.stream().map(Flight::toBuild).toList();
        Broadcast<StageContext> shared = context;
        jobs.submit(
                SparkJobs.COMPILE,
                "compile " + plan.id(),
                false,
                items,
                item -> BuildStage.run(shared.value(), item),
                (report, place) -> inbox.post(() -> built(next.get(place), report)),
                (places, why) -> places.forEach(place -> inbox.post(() -> buildLost(next.get(place), why))));
    }

    private void built(Flight flight, BuildStage.Report report) {
        building.remove(flight);
        compileSlots.giveBack();
        if (!report.elsewhere()) {
            buildTimes.add(System.nanoTime() - flight.buildStartNanos());
        }
        if (report.lost() && flight.mayBuildAgain()) {
            toBuild.addFirst(flight);
            return;
        }
        flight.built(report, System.nanoTime());
        if (flight.number() == 0) {
            baseline.defaultBuilt(report);
        }
        if (!flight.isTrial()) {
            if (report.needsDevice()) {
                toMeasure.addFirst(flight);
            }
            return;
        }
        if (!report.module().ok()) {
            Outcome outcome = report.module().infeasible() ? Outcome.OUT_OF_RESOURCES : Outcome.COMPILE_ERROR;
            end(flight, rows.failed(flight, outcome, report.module().problem()));
            return;
        }
        String text = report.module().sha256();
        if (report.elsewhere() && !duplicates.knowsText(text)) {
            builtElsewhere.computeIfAbsent(text, key -> new ArrayList<>()).add(flight);
            return;
        }
        place(flight);
        Optional.ofNullable(builtElsewhere.remove(text)).ifPresent(waiting -> waiting.forEach(this::place));
    }

    private void place(Flight flight) {
        Optional<String> binary = plan.measured() ? flight.artefact().map(TrialPipeline::key) : Optional.empty();
        Duplicates.Group group =
                duplicates.place(flight, flight.built().module().sha256(), binary);
        if (group.row().isPresent()) {
            end(flight, rows.duplicate(flight, group.row().get()));
        } else if (group.isOriginal(flight)) {
            goOn(flight);
        }
    }

    private static String key(WireArtefact artefact) {
        return artefact.sha256() + "|" + TrialRows.launchSha256(artefact);
    }

    /** A built trial that is the first of its program. */
    private void goOn(Flight flight) {
        BuildStage.Report built = flight.built();
        if (built.elsewhere()) {
            // The one whose compilation it waited for was lost, and its binary with it.
            toBuild.addFirst(flight);
        } else if (built.artefact().isPresent() || (plan.measured() && built.needsDevice())) {
            measureOrCheck(flight);
        } else {
            end(
                    flight,
                    rows.failed(
                            flight, built.compiled().outcome(), built.compiled().reason()));
        }
    }

    private void measureOrCheck(Flight flight) {
        if (plan.measured()) {
            queueToMeasure(flight);
            return;
        }
        GenerateStage.Report module = flight.built().module();
        Optional<MeasureStage.Report> known = checks.known(flight);
        if (module.smallText().isEmpty()) {
            String why = "it could not be checked at small shapes: " + module.smallProblem();
            end(flight, rows.measured(flight, MeasureStage.lost(flight.number(), why)));
        } else if (known.isPresent()) {
            end(flight, rows.measured(flight, known.get()));
        } else if (checks.isFirst(flight)) {
            queueToMeasure(flight);
        }
    }

    private void queueToMeasure(Flight flight) {
        if (flight.number() == 0) {
            toMeasure.addFirst(flight);
        } else {
            toMeasure.add(flight);
        }
    }

    private void buildLost(Flight flight, String why) {
        building.remove(flight);
        compileSlots.giveBack();
        if (flight.mayBuildAgain()) {
            toBuild.addFirst(flight);
        } else {
            baselineLost(flight, why);
            end(flight, rows.failed(flight, Outcome.INFRASTRUCTURE, "the compile job failed: " + why));
        }
        // Whose text it was is not known; those that wait for any find out by being built.
        builtElsewhere.values().forEach(toBuild::addAll);
        builtElsewhere.clear();
    }

    private void baselineLost(Flight flight, String why) {
        if (flight.number() == 0 && baseline.needed()) {
            throw new TaskFailure("The default configuration could not be built (the compile job failed: " + why
                    + "), so there is nothing to compare other configurations with.");
        }
    }

    /** Whether a trial could be measured at once. */
    boolean isReady() {
        return !toMeasure.isEmpty() && baseline.allows(toMeasure.peek());
    }

    /**
     * Sends trials to a lane; there must be {@linkplain #isReady one}.
     *
     * @param room how many jobs this task may expect to have on all lanes, this one included
     * @param alone whether no other task waits for a lane
     */
    void measure(GpuLanes.Lane lane, int room, boolean alone, OptionalDouble incumbentNanos) {
        measure(lane, takeBatch(room), alone, incumbentNanos);
    }

    private List<Flight> takeBatch(int room) {
        int even = (toMeasure.size() + room - 1) / room;
        List<Flight> batch = new ArrayList<>();
        while (batch.size() < Math.min(flow.batch(), even) && isReady()) {
            batch.add(toMeasure.poll());
        }
        return batch;
    }

    private void measure(GpuLanes.Lane lane, List<Flight> batch, boolean alone, OptionalDouble incumbentNanos) {
        // Also where another job comes first: nothing that is ready waits behind this one.
        boolean spare = plan.measured() && alone && toMeasure.isEmpty();
        lanes.jobStarts(lane, plan.id());
        measuring += batch.size();
        ArrayList<MeasureStage.Item> items = new ArrayList<>();
        for (Flight flight : batch) {
            flight.measureStarts();
            items.add(flight.toMeasure(!plan.measured()));
        }
        MeasureStage.Batch job = new MeasureStage.Batch(
                lane.slot(), items, incumbentNanos.orElse(Double.NaN), spare ? lane.spareMillis() : 0);
        Broadcast<StageContext> shared = context;
        Broadcast<MeasureStage.Baseline> standard = baseline.shared().orElse(null);
        jobs.submit(
                SparkJobs.MEASURE,
                (plan.measured() ? "measure " : "check ") + plan.id(),
                flow.slots().fromSpark(),
                List.of(job),
                item -> MeasureStage.run(shared.value(), standard == null ? null : standard.value(), item),
                (reports, place) -> inbox.post(() -> measured(lane, batch, reports)),
                (places, why) -> inbox.post(() -> {
                    if (!places.isEmpty()) {
                        measured(lane, batch, lost(batch, "the measure job failed: " + why));
                    }
                }));
    }

    private static List<MeasureStage.Report> lost(List<Flight> batch, String why) {
        return batch.stream()
                .map(flight -> MeasureStage.lost(flight.number(), why))
                .toList();
    }

    private void measured(GpuLanes.Lane lane, List<Flight> batch, List<MeasureStage.Report> reports) {
        lanes.jobEnds(lane);
        measuring -= batch.size();
        for (int i = 0; i < batch.size(); i++) {
            Flight flight = batch.get(i);
            MeasureStage.Report report = reports.get(i);
            meter.measured(report);
            if (report.gpuLost()) {
                gpuFailed(lane, flight, report.reason());
                continue;
            }
            lane.worked();
            if (report.outcome() == Outcome.INFRASTRUCTURE && flight.mayMeasureAgain()) {
                toMeasure.addFirst(flight);
                continue;
            }
            if (report.compiled() != null) {
                flight.builtOnDevice(report.compiled());
            }
            if (flight.number() == 0) {
                baseline.defaultBuiltOnDevice(flight);
            }
            end(flight, rows.measured(flight, report));
            if (!plan.measured()) {
                checks.ended(flight, report).forEach(this::measureOrCheck);
            }
        }
    }

    private void gpuFailed(GpuLanes.Lane lane, Flight flight, String reason) {
        flight.measureDidNotCount();
        toMeasure.addFirst(flight);
        if (lane.failed(reason)) {
            if (lanes.allLost()) {
                throw lanes.allLostFailure();
            }
            messages.accept("A GPU was lost and is not used any more: " + reason);
        }
    }

    private void end(Flight flight, TrialRow row) {
        if (!flight.isTrial()) {
            return;
        }
        flights.remove(flight.number());
        finished.add(row);
        meter.finished(row, System.nanoTime());
        lookAhead.add(flight.buildMillis(), row.measureMillis());
        Duplicates.Freed freed = duplicates.ended(flight, row);
        freed.duplicates().forEach(other -> end(other, rows.duplicate(other, row)));
        freed.successor().ifPresent(this::goOn);
    }
}
