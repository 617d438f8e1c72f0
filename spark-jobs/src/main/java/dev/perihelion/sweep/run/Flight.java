package dev.perihelion.sweep.run;

import dev.perihelion.sweep.stage.BuildStage;
import dev.perihelion.sweep.stage.CompileStage;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.WireArtefact;
import java.util.Optional;

/** A trial between being asked for and being told. Only the loop's thread touches it. */
final class Flight {

    private final Asked asked;
    private final boolean trial;
    private int buildTries;
    private int measureTries;
    private long buildStartNanos;
    private long builtNanos;
    private BuildStage.Report built;
    private CompileStage.Report builtOnDevice;

    private Flight(Asked asked, boolean trial) {
        this.asked = asked;
        this.trial = trial;
    }

    /** A trial. */
    static Flight trial(Asked asked) {
        return new Flight(asked, true);
    }

    /** A configuration of an earlier run that is only built again. */
    static Flight rebuild(Asked asked) {
        return new Flight(asked, false);
    }

    Asked asked() {
        return asked;
    }

    long number() {
        return asked.number();
    }

    boolean isTrial() {
        return trial;
    }

    void buildStarts(long nanoTime) {
        buildTries++;
        buildStartNanos = nanoTime;
    }

    /** Whether it may be built or measured once more after our machinery lost it. */
    boolean mayBuildAgain() {
        return buildTries < 2;
    }

    void measureStarts() {
        measureTries++;
    }

    /** Takes a measurement back that says nothing, not even of our machinery: its GPU is lost. */
    void measureDidNotCount() {
        measureTries--;
    }

    boolean mayMeasureAgain() {
        return measureTries < 2;
    }

    long buildStartNanos() {
        return buildStartNanos;
    }

    /** How long its last build took, Spark's part included; 0 where none has ended. */
    double buildMillis() {
        return builtNanos == 0 ? 0 : (builtNanos - buildStartNanos) / 1e6;
    }

    void built(BuildStage.Report report, long nanoTime) {
        built = report;
        builtNanos = nanoTime;
    }

    BuildStage.Report built() {
        return built;
    }

    void builtOnDevice(CompileStage.Report report) {
        builtOnDevice = report;
    }

    /** The compilation that counts; none where it was needless. */
    Optional<CompileStage.Report> compilation() {
        return Optional.ofNullable(builtOnDevice)
                .or(() -> Optional.ofNullable(built).map(BuildStage.Report::compiled));
    }

    Optional<WireArtefact> artefact() {
        return compilation().flatMap(CompileStage.Report::artefact);
    }

    /** What its build task gets; one that waited for another's compilation in vain compiles for itself. */
    BuildStage.Item toBuild() {
        boolean waited = built != null && built.elsewhere();
        return new BuildStage.Item(number(), asked.configuration().toJson(), waited);
    }

    MeasureStage.Item toMeasure(boolean small) {
        return small
                ? new MeasureStage.Item(number(), built.module().smallText(), null, false)
                : new MeasureStage.Item(
                        number(), built.module().text(), built.artefact().orElse(null), built.needsDevice());
    }
}
