package dev.perihelion.sweep.stage;

import dev.perihelion.executor.Artefact;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.executor.MeasureJob;
import dev.perihelion.executor.MeasureOutcome;
import dev.perihelion.executor.Reference;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.TuningTask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Checks, and on a GPU times, a few configurations, one after another. */
public final class MeasureStage {

    private MeasureStage() {}

    /**
     * The module whose results count as right: the default configuration's, where the task names no reference function.
     *
     * @param moduleText of the default
     * @param binary its binary; null where modules themselves are run, and where only the device can compile it
     */
    public record Baseline(String moduleText, WireArtefact binary) implements Serializable {}

    /**
     * A configuration to check.
     *
     * @param number of the trial
     * @param moduleText what to run
     * @param binary null where the module itself is run, and where only the device can compile it
     * @param compileHere whether it is compiled on the device first
     */
    public record Item(long number, String moduleText, WireArtefact binary, boolean compileHere)
            implements Serializable {}

    /**
     * Configurations for one Spark task.
     *
     * @param slot where
     * @param items in the order in which they are run
     * @param incumbentNanos the best so far; NaN where there is none
     * @param spareMillis time on the wall to spend on more calls of all of them, because nothing else waits
     */
    public record Batch(MeasureSlot slot, ArrayList<Item> items, double incumbentNanos, double spareMillis)
            implements Serializable {}

    /**
     * How it went.
     *
     * @param number of the trial
     * @param outcome null where the results are right
     * @param reason one line; empty where the results are right
     * @param latencyNanos NaN where not timed
     * @param spreadNanos NaN where not timed
     * @param samplesNanos empty where not timed
     * @param level 0 or 1
     * @param maxError NaN where it failed
     * @param deviceStateJson null where not timed
     * @param millis time of the worker, without spare time; 0 where it shares another's report
     * @param spareMillis spare time that it used
     * @param busyMillis time that the device worked for it, in spare time too
     * @param compiled how compiling on the device went; null where that was not asked for
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Report(
            long number,
            Outcome outcome,
            String reason,
            double latencyNanos,
            double spreadNanos,
            double[] samplesNanos,
            int level,
            double maxError,
            String deviceStateJson,
            double millis,
            double spareMillis,
            double busyMillis,
            CompileStage.Report compiled)
            implements Serializable {

        /** Whether results were right. */
        public boolean ok() {
            return outcome == null;
        }

        /** Whether the worker says that its GPU cannot be used any more, which tells nothing of the trial. */
        public boolean gpuLost() {
            return outcome == Outcome.INFRASTRUCTURE
                    && reason.startsWith("The GPU")
                    && reason.contains("cannot be used any more");
        }

        /** The same for another trial that runs the same program; costs it nothing. */
        public Report sharedWith(long other) {
            return new Report(
                    other,
                    outcome,
                    reason,
                    latencyNanos,
                    spreadNanos,
                    samplesNanos,
                    level,
                    maxError,
                    deviceStateJson,
                    0,
                    0,
                    0,
                    null);
        }

        Report after(CompileStage.Report onDevice) {
            return new Report(
                    number,
                    outcome,
                    reason,
                    latencyNanos,
                    spreadNanos,
                    samplesNanos,
                    level,
                    maxError,
                    deviceStateJson,
                    millis,
                    spareMillis,
                    busyMillis,
                    onDevice);
        }
    }

    /**
     * Measures; each failure is a report, and nothing here throws for one item.
     *
     * @param baseline null where the task names a reference function
     */
    public static List<Report> run(StageContext context, Baseline baseline, Batch batch) throws InterruptedException {
        List<Report> reports = new ArrayList<>();
        double best = batch.incumbentNanos();
        double spareMillis = batch.spareMillis();
        try (Workers.Lease lease = Workers.measurer(context, batch.slot().resolved())) {
            for (Item item : batch.items()) {
                // What one does not use, because it is far behind, goes to those after it.
                double share = spareMillis / (batch.items().size() - reports.size());
                Report report = compileAndMeasure(context, lease, baseline, item, best, share);
                reports.add(report);
                spareMillis = Math.max(0, spareMillis - report.spareMillis());
                if (report.ok() && !(report.latencyNanos() >= best)) {
                    best = report.latencyNanos();
                }
            }
        } catch (RuntimeException e) {
            batch.items().stream()
                    .skip(reports.size())
                    .forEach(item -> reports.add(lost(item.number(), "the worker could not be used: " + e)));
        }
        return reports;
    }

    private static Report compileAndMeasure(
            StageContext context, Workers.Lease lease, Baseline baseline, Item item, double best, double spareMillis)
            throws InterruptedException {
        if (!item.compileHere()) {
            Artefact binary = item.binary() == null ? null : item.binary().toArtefact();
            return measure(context, lease, baseline, item, binary, best, spareMillis);
        }
        CompileStage.Item job = new CompileStage.Item(item.number(), item.moduleText(), context.compileArgumentsJson());
        CompileStage.Report compiled =
                CompileStage.report(job, lease.measurer().compile(CompileStage.job(context, job)));
        if (compiled.binary() == null) {
            return failed(item.number(), compiled.outcome(), compiled.reason(), 0, 0)
                    .after(compiled);
        }
        Baseline own = item.number() == 0 && baseline != null && baseline.binary() == null
                ? new Baseline(item.moduleText(), compiled.binary())
                : baseline;
        return measure(context, lease, own, item, compiled.binary().toArtefact(), best, spareMillis)
                .after(compiled);
    }

    private static Report measure(
            StageContext context,
            Workers.Lease lease,
            Baseline baseline,
            Item item,
            Artefact binary,
            double best,
            double spareMillis)
            throws InterruptedException {
        long start = System.nanoTime();
        TuningTask task = context.task();
        MeasureJob job = new MeasureJob(
                context.taskId() + "#" + item.number(),
                item.moduleText(),
                task.kernel(),
                context.measureArgumentsJson(),
                Optional.ofNullable(binary),
                reference(task, baseline),
                task.policy(),
                task.seed(),
                Double.isNaN(best) ? OptionalDouble.empty() : OptionalDouble.of(best),
                context.reductionLength(),
                spareMillis);
        MeasureOutcome outcome = lease.measurer().measure(job);
        double millis = GenerateStage.millisSince(start);
        if (outcome instanceof MeasureOutcome.Timed timed) {
            return new Report(
                    item.number(),
                    null,
                    "",
                    timed.latencyNanos(),
                    timed.spreadNanos(),
                    timed.samplesNanos(),
                    timed.level(),
                    timed.maxError(),
                    timed.deviceJson(),
                    timed.workerMillis() - timed.spareMillis(),
                    timed.spareMillis(),
                    timed.busyMillis(),
                    null);
        }
        if (outcome instanceof MeasureOutcome.Checked checked) {
            return new Report(
                    item.number(),
                    null,
                    "",
                    Double.NaN,
                    Double.NaN,
                    new double[0],
                    0,
                    checked.maxError(),
                    null,
                    millis,
                    0,
                    0,
                    null);
        }
        MeasureOutcome.Failed failed = (MeasureOutcome.Failed) outcome;
        double spent = failed.workerMillis() > 0 ? failed.workerMillis() : millis;
        return failed(item.number(), failed.outcome(), failed.reason(), spent, failed.busyMillis());
    }

    static Reference reference(TuningTask task, Baseline baseline) {
        if (task.reference().isPresent()) {
            return new Reference.UserFunction(
                    new KernelFile(task.file(), task.source()), task.reference().get());
        }
        return new Reference.Baseline(
                baseline.moduleText(), Optional.ofNullable(baseline.binary()).map(WireArtefact::toArtefact));
    }

    private static Report failed(long number, Outcome outcome, String reason, double millis, double busyMillis) {
        return new Report(
                number,
                outcome,
                reason,
                Double.NaN,
                Double.NaN,
                new double[0],
                0,
                Double.NaN,
                null,
                millis,
                0,
                busyMillis,
                null);
    }

    /** The report for a trial that our machinery lost. */
    public static Report lost(long number, String reason) {
        return failed(number, Outcome.INFRASTRUCTURE, reason, 0, 0);
    }
}
