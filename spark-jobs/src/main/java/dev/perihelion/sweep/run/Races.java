package dev.perihelion.sweep.run;

import dev.perihelion.sweep.stage.BuildStage;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.RaceStage;
import dev.perihelion.sweep.stage.StageContext;
import dev.perihelion.sweep.stage.WireArtefact;
import dev.perihelion.sweep.store.TrialRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.spark.broadcast.Broadcast;

/** Builds finished trials of one task again and times them in turns. */
final class Races {

    private static final int RACE_ROUNDS = 200;
    private static final int ACCEPTANCE_ROUNDS = 300;
    private static final int FEWEST_ROUNDS = 20;
    private static final double BUDGET_MILLIS = 2000;

    private final SparkJobs jobs;
    private final Broadcast<StageContext> context;
    private final TaskPlan plan;
    private final boolean fromSpark;
    private final Lanes lanes;
    private final BooleanSupplier stopped;

    /** Gives races a lane on which nothing else runs. */
    interface Lanes {

        /**
         * Waits for one.
         *
         * @throws java.util.concurrent.CancellationException when stopped
         */
        GpuLanes.Lane take() throws InterruptedException;

        void giveBack(GpuLanes.Lane lane);
    }

    /**
     * @param fromSpark whether Spark hands out the GPUs
     * @param lanes where to race
     * @param stopped whether to end soon
     */
    Races(
            SparkJobs jobs,
            StageContext context,
            TaskPlan plan,
            boolean fromSpark,
            Lanes lanes,
            BooleanSupplier stopped) {
        this.jobs = jobs;
        this.context = jobs.share(context);
        this.plan = plan;
        this.fromSpark = fromSpark;
        this.lanes = lanes;
        this.stopped = stopped;
    }

    /** A trial with its program at hand, or why that could not be built. */
    record Built(TrialRow row, RaceStage.Entrant entrant, String problem) {

        boolean ok() {
            return problem.isEmpty();
        }
    }

    /**
     * Builds the programs of trials.
     *
     * @throws CancellationException when stopped
     */
    List<Built> build(List<TrialRow> rows) throws InterruptedException {
        List<BuildStage.Item> items = rows.stream()
                .map(row -> new BuildStage.Item(
                        row.trial().number(), row.configuration().toJson(), true))
                .toList();
        Broadcast<StageContext> shared = context;
        List<Optional<BuildStage.Report>> reports =
                run("rebuild " + plan.id(), false, items, item -> BuildStage.run(shared.value(), item));
        List<Built> built = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            built.add(entrant(rows.get(i), reports.get(i)));
        }
        return built;
    }

    private static Built entrant(TrialRow row, Optional<BuildStage.Report> report) {
        String problem = report.map(BuildStage.Report::problem).orElse("the compile job failed");
        boolean usable = report.isPresent()
                && (report.get().artefact().isPresent() || report.get().needsDevice());
        if (!usable) {
            return new Built(row, null, problem);
        }
        WireArtefact binary = report.get().artefact().orElse(null);
        String text = report.get().module().text();
        return new Built(row, new RaceStage.Entrant(row.id(), row.trial().number(), text, binary), "");
    }

    /** Many at once, the slow ones leave early. */
    RaceStage.Report race(List<Built> entrants, Built standard, List<Long> seeds) throws InterruptedException {
        return race(entrants, standard, seeds, false, RACE_ROUNDS, true);
    }

    /** Few in a fresh worker process, to the end. */
    RaceStage.Report accept(List<Built> entrants, Built standard, List<Long> seeds) throws InterruptedException {
        return race(entrants, standard, seeds, true, ACCEPTANCE_ROUNDS, false);
    }

    private RaceStage.Report race(
            List<Built> entrants, Built standard, List<Long> seeds, boolean fresh, int rounds, boolean eliminate)
            throws InterruptedException {
        MeasureStage.Baseline baseline = plan.task().reference().isPresent()
                ? null
                : new MeasureStage.Baseline(
                        standard.entrant().moduleText(), standard.entrant().binary());
        GpuLanes.Lane lane = lanes.take();
        try {
            RaceStage.Race race = new RaceStage.Race(
                    lane.slot(),
                    fresh,
                    new ArrayList<>(entrants.stream().map(Built::entrant).toList()),
                    baseline,
                    new ArrayList<>(seeds),
                    FEWEST_ROUNDS,
                    rounds,
                    BUDGET_MILLIS,
                    eliminate);
            Broadcast<StageContext> shared = context;
            return run(
                            (fresh ? "accept " : "race ") + plan.id(),
                            fromSpark,
                            List.of(race),
                            item -> RaceStage.run(shared.value(), item))
                    .get(0)
                    .orElseGet(() -> RaceStage.lost("the race's job failed"));
        } finally {
            lanes.giveBack(lane);
        }
    }

    private <I extends java.io.Serializable, R> List<Optional<R>> run(
            String description, boolean onGpu, List<I> items, SparkJobs.Work<I, R> work) throws InterruptedException {
        List<Optional<R>> results = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Optional<R>>> ended = new ArrayList<>();
        items.forEach(item -> ended.add(new CompletableFuture<>()));
        refuseWhenStopped();
        jobs.submit(
                SparkJobs.FINALS,
                description,
                onGpu,
                items,
                work,
                (result, place) -> ended.get(place).complete(Optional.of(result)),
                (places, why) -> places.forEach(place -> ended.get(place).complete(Optional.empty())));
        for (CompletableFuture<Optional<R>> end : ended) {
            try {
                results.add(end.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
            refuseWhenStopped();
        }
        return results;
    }

    private void refuseWhenStopped() {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("The sweep was stopped.");
        }
    }
}
