package dev.perihelion.sweep.run;

import dev.perihelion.sweep.stage.BuildStage;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.WireArtefact;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;

/**
 * What results are compared with. Where the task names no reference function it is the default configuration, and nothing can
 * be checked before that is built.
 */
final class Baseline {

    private final SparkJobs jobs;
    private final boolean measured;
    private final boolean needed;
    private Broadcast<MeasureStage.Baseline> shared;
    private boolean onlyDefault;

    Baseline(SparkJobs jobs, TaskPlan plan) {
        this.jobs = jobs;
        this.measured = plan.measured();
        this.needed = plan.task().reference().isEmpty();
    }

    /** Whether the default configuration must be built before anything can be checked. */
    boolean needed() {
        return needed;
    }

    /** Whether this trial can be checked now. */
    boolean allows(Flight flight) {
        return !needed || (shared != null && (!onlyDefault || flight.number() == 0));
    }

    /** The baseline for Spark tasks; empty where the task names a reference. */
    Optional<Broadcast<MeasureStage.Baseline>> shared() {
        return Optional.ofNullable(shared);
    }

    /**
     * The default configuration is built.
     *
     * @throws TaskFailure where it has no module that could be run
     */
    void defaultBuilt(BuildStage.Report report) {
        if (!needed) {
            return;
        }
        String text = measured ? report.module().text() : report.module().smallText();
        Optional<WireArtefact> binary = measured ? report.artefact() : Optional.empty();
        onlyDefault = measured && binary.isEmpty() && report.needsDevice();
        if (text.isEmpty() || (measured && binary.isEmpty() && !onlyDefault)) {
            String why = report.problem().isEmpty() ? report.module().smallProblem() : report.problem();
            throw new TaskFailure("The default configuration could not be built (" + why
                    + "), so there is nothing to compare other configurations with. Name a `reference` function.");
        }
        shared = jobs.share(new MeasureStage.Baseline(text, binary.orElse(null)));
    }

    /**
     * The default configuration was compiled on the device.
     *
     * @throws TaskFailure where that failed
     */
    void defaultBuiltOnDevice(Flight flight) {
        if (!needed || !onlyDefault) {
            return;
        }
        WireArtefact binary = flight.artefact()
                .orElseThrow(() -> new TaskFailure("The default configuration could not be built ("
                        + flight.compilation().orElseThrow().reason()
                        + "), so there is nothing to compare other configurations with. Name a `reference` function."));
        onlyDefault = false;
        shared = jobs.share(new MeasureStage.Baseline(flight.built().module().text(), binary));
    }
}
