package dev.perihelion.sweep.stage;

import dev.perihelion.executor.Artefact;
import dev.perihelion.executor.CompileOutcome;
import dev.perihelion.executor.RaceJob;
import dev.perihelion.executor.RaceOutcome;
import dev.perihelion.executor.RacePolicy;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.TuningTask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Times a few configurations in turns on one GPU, with a second copy of the first as control. */
public final class RaceStage {

    private RaceStage() {}

    /**
     * A configuration that takes part.
     *
     * @param name its trial's id
     * @param number of the trial
     * @param moduleText its module
     * @param binary null where only the device can compile it
     */
    public record Entrant(String name, long number, String moduleText, WireArtefact binary) implements Serializable {}

    /**
     * A race.
     *
     * @param slot where
     * @param fresh whether in a new worker process
     * @param entrants the incumbent first
     * @param baseline null where the task names a reference function
     * @param seeds of the inputs
     * @param minRounds see {@link RacePolicy}
     * @param maxRounds see {@link RacePolicy}
     * @param budgetMillis see {@link RacePolicy}
     * @param eliminate see {@link RacePolicy}
     */
    public record Race(
            MeasureSlot slot,
            boolean fresh,
            ArrayList<Entrant> entrants,
            MeasureStage.Baseline baseline,
            ArrayList<Long> seeds,
            int minRounds,
            int maxRounds,
            double budgetMillis,
            boolean eliminate)
            implements Serializable {}

    /**
     * How it went.
     *
     * @param lanes the entrants in their order, then the control; empty where the race failed
     * @param deviceJson clocks and how it was timed; empty where the race failed
     * @param outcome what befell it, the incumbent's outcome where that failed; null where it was run
     * @param problem why it failed; empty where it was run
     */
    public record Report(ArrayList<Lane> lanes, String deviceJson, Outcome outcome, String problem)
            implements Serializable {

        /** Whether it was run. */
        public boolean ok() {
            return outcome == null;
        }
    }

    /** One configuration's part; see {@link RaceOutcome.Lane}. {@code failure} is null where it took part. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Lane(
            String name, boolean control, double[] samplesNanos, double maxError, Outcome failure, String reason)
            implements Serializable {}

    /** Races; every failure is a report. */
    public static Report run(StageContext context, Race race) throws InterruptedException {
        MeasureSlot slot = race.slot().resolved();
        try (Workers.Lease lease = race.fresh()
                ? Workers.freshGpu(context.toolchain(), slot.address())
                : Workers.gpu(context.toolchain(), slot.address())) {
            List<RaceJob.Entrant> entrants = new ArrayList<>();
            MeasureStage.Baseline baseline = race.baseline();
            for (Entrant entrant : race.entrants()) {
                Artefact binary = binary(context, lease, entrant);
                entrants.add(new RaceJob.Entrant(entrant.name(), entrant.moduleText(), Optional.of(binary)));
                if (entrant.number() == 0 && baseline != null && baseline.binary() == null) {
                    baseline = new MeasureStage.Baseline(baseline.moduleText(), WireArtefact.of(binary));
                }
            }
            TuningTask task = context.task();
            return report(lease.measurer()
                    .race(new RaceJob(
                            context.taskId() + (race.fresh() ? "#accept" : "#race"),
                            entrants,
                            task.kernel(),
                            context.measureArgumentsJson(),
                            MeasureStage.reference(task, baseline),
                            task.policy(),
                            new RacePolicy(race.minRounds(), race.maxRounds(), race.budgetMillis(), race.eliminate()),
                            race.seeds(),
                            context.reductionLength())));
        } catch (RuntimeException e) {
            return lost("the worker could not be used: " + e.getMessage());
        }
    }

    private static Artefact binary(StageContext context, Workers.Lease lease, Entrant entrant)
            throws InterruptedException {
        if (entrant.binary() != null) {
            return entrant.binary().toArtefact();
        }
        CompileOutcome outcome = lease.measurer()
                .compile(CompileStage.job(
                        context,
                        new CompileStage.Item(entrant.number(), entrant.moduleText(), context.compileArgumentsJson())));
        if (outcome instanceof CompileOutcome.Compiled compiled) {
            return compiled.artefact();
        }
        throw new IllegalStateException("trial " + entrant.name() + " could not be compiled on the device: "
                + ((CompileOutcome.Failed) outcome).reason());
    }

    private static Report report(RaceOutcome outcome) {
        if (outcome instanceof RaceOutcome.Failed failed) {
            return new Report(new ArrayList<>(), "", failed.outcome(), failed.reason());
        }
        RaceOutcome.Raced raced = (RaceOutcome.Raced) outcome;
        ArrayList<Lane> lanes = new ArrayList<>();
        for (RaceOutcome.Lane lane : raced.lanes()) {
            lanes.add(new Lane(
                    lane.name(),
                    lane.control(),
                    lane.samplesNanos(),
                    lane.maxError(),
                    lane.failure().orElse(null),
                    lane.reason()));
        }
        return new Report(lanes, raced.deviceJson(), null, "");
    }

    /** The report for a race that our machinery lost. */
    public static Report lost(String problem) {
        return new Report(new ArrayList<>(), "", Outcome.INFRASTRUCTURE, problem);
    }
}
