package dev.perihelion.sweep.stage;

import dev.perihelion.executor.CompileJob;
import dev.perihelion.executor.CompileOutcome;
import dev.perihelion.search.trial.Outcome;
import java.io.Serializable;
import java.util.Optional;

/** Compiles one module to a binary. */
public final class CompileStage {

    private CompileStage() {}

    /** A module to compile. */
    public record Item(long number, String moduleText, String argumentsJson) implements Serializable {}

    /**
     * A binary, or why there is none.
     *
     * @param number of the trial
     * @param binary null where it failed
     * @param outcome null where it did not fail
     * @param reason one line; empty where it did not fail
     * @param millis time spent
     */
    public record Report(long number, WireArtefact binary, Outcome outcome, String reason, double millis)
            implements Serializable {

        /** The binary, if there is one. */
        public Optional<WireArtefact> artefact() {
            return Optional.ofNullable(binary);
        }
    }

    /** Compiles; a failure is a report. */
    public static Report run(StageContext context, Item item) throws InterruptedException {
        long start = System.nanoTime();
        try (Workers.BuilderLease lease = Workers.builder(context)) {
            CompileOutcome outcome = lease.builder().compile(job(context, item));
            return report(item, outcome);
        } catch (RuntimeException e) {
            return failed(item, "the compile worker could not be used: " + e, GenerateStage.millisSince(start));
        }
    }

    static CompileJob job(StageContext context, Item item) {
        return new CompileJob(
                context.taskId() + "#" + item.number(),
                item.moduleText(),
                context.task().kernel(),
                item.argumentsJson(),
                context.task().target(),
                context.taskId());
    }

    static Report report(Item item, CompileOutcome outcome) {
        if (outcome instanceof CompileOutcome.Compiled compiled) {
            return new Report(
                    item.number(),
                    WireArtefact.of(compiled.artefact()),
                    null,
                    "",
                    compiled.artefact().facts().compileMillis());
        }
        CompileOutcome.Failed failed = (CompileOutcome.Failed) outcome;
        return new Report(item.number(), null, failed.outcome(), failed.reason(), failed.compileMillis());
    }

    /** The report for an item that our machinery lost. */
    public static Report failed(Item item, String reason, double millis) {
        return new Report(item.number(), null, Outcome.INFRASTRUCTURE, reason, millis);
    }
}
