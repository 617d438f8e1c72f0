package dev.perihelion.sweep.stage;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.executor.MeasureJob;
import dev.perihelion.executor.MeasureOutcome;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.executor.Reference;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.TuningTask;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Checks, and on a GPU times, the configurations of one partition, one after another. */
public final class MeasureStage {

    private MeasureStage() {}

    /**
     * What is the same for all of a job.
     *
     * @param argumentsJson small ones where checks are small
     * @param baselineText the module whose results count as right; null where the task names a reference function
     * @param baselineBinary its binary; null where modules themselves are run
     * @param policyJson how to time
     * @param incumbentNanos the best so far; NaN where there is none
     * @param fresh whether the worker process is started anew, and nobody is screened out
     */
    public record Common(
            String argumentsJson,
            String baselineText,
            WireArtefact baselineBinary,
            String policyJson,
            double incumbentNanos,
            boolean fresh)
            implements Serializable {}

    /** A configuration to check; {@code binary} is null where the module itself is run. */
    public record Item(long number, String moduleText, WireArtefact binary) implements Serializable {}

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
     * @param millis time spent
     */
    public record Report(
            long number,
            Outcome outcome,
            String reason,
            double latencyNanos,
            double spreadNanos,
            List<Double> samplesNanos,
            int level,
            double maxError,
            String deviceStateJson,
            double millis)
            implements Serializable {

        /** Whether results were right. */
        public boolean ok() {
            return outcome == null;
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
                    0);
        }
    }

    /** Measures a partition; each failure is a report, and nothing here throws for one item. */
    public static Iterator<Report> run(
            StageContext context, MeasureSlots slots, Common common, int partition, Iterator<Item> items)
            throws InterruptedException {
        List<Report> reports = new ArrayList<>();
        if (!items.hasNext()) {
            return reports.iterator();
        }
        MeasureSlot slot = MeasureSlot.ofTask(slots, partition);
        Workers.Lease lease;
        try {
            lease = Workers.measurer(context, slot);
            if (common.fresh()) {
                lease = lease.restart(() -> Workers.measurer(context, slot));
            }
        } catch (RuntimeException e) {
            items.forEachRemaining(item -> reports.add(lost(item, "the worker could not be started: " + e)));
            return reports.iterator();
        }
        double best = common.incumbentNanos();
        try (Workers.Lease held = lease) {
            while (items.hasNext()) {
                Report report = measure(context, held, common, items.next(), best);
                reports.add(report);
                if (!common.fresh() && report.ok() && !(report.latencyNanos() >= best)) {
                    best = report.latencyNanos();
                }
            }
        }
        return reports.iterator();
    }

    private static Report measure(StageContext context, Workers.Lease lease, Common common, Item item, double best)
            throws InterruptedException {
        long start = System.nanoTime();
        TuningTask task = context.task();
        MeasureJob job = new MeasureJob(
                context.taskId() + "#" + item.number(),
                item.moduleText(),
                task.kernel(),
                common.argumentsJson(),
                Optional.ofNullable(item.binary()).map(WireArtefact::toArtefact),
                reference(task, common),
                Json.read(common.policyJson(), new TypeReference<MeasurePolicy>() {}),
                task.seed(),
                Double.isNaN(best) ? OptionalDouble.empty() : OptionalDouble.of(best),
                1024);
        MeasureOutcome outcome;
        try {
            outcome = lease.measurer().measure(job);
        } catch (RuntimeException e) {
            return lost(item, "the worker could not be used: " + e);
        }
        double millis = GenerateStage.millisSince(start);
        if (outcome instanceof MeasureOutcome.Timed timed) {
            List<Double> samples = new ArrayList<>();
            for (double sample : timed.samplesNanos()) {
                samples.add(sample);
            }
            return new Report(
                    item.number(),
                    null,
                    "",
                    timed.latencyNanos(),
                    timed.spreadNanos(),
                    samples,
                    timed.level(),
                    timed.maxError(),
                    timed.deviceJson(),
                    millis);
        }
        if (outcome instanceof MeasureOutcome.Checked checked) {
            return right(item, checked.maxError(), millis);
        }
        MeasureOutcome.Failed failed = (MeasureOutcome.Failed) outcome;
        return failed(item, failed.outcome(), failed.reason(), millis);
    }

    private static Reference reference(TuningTask task, Common common) {
        if (task.reference().isPresent()) {
            return new Reference.UserFunction(
                    new KernelFile(task.file(), task.source()), task.reference().get());
        }
        return new Reference.Baseline(
                common.baselineText(),
                Optional.ofNullable(common.baselineBinary()).map(WireArtefact::toArtefact));
    }

    private static Report right(Item item, double maxError, double millis) {
        return new Report(
                item.number(), null, "", Double.NaN, Double.NaN, new ArrayList<>(), 0, maxError, null, millis);
    }

    private static Report failed(Item item, Outcome outcome, String reason, double millis) {
        return new Report(
                item.number(), outcome, reason, Double.NaN, Double.NaN, new ArrayList<>(), 0, Double.NaN, null, millis);
    }

    /** The report for an item that our machinery lost. */
    public static Report lost(Item item, String reason) {
        return failed(item, Outcome.INFRASTRUCTURE, reason, 0);
    }
}
