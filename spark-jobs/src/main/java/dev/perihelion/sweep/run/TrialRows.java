package dev.perihelion.sweep.run;

import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import dev.perihelion.sweep.Hashes;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.stage.CompileStage;
import dev.perihelion.sweep.stage.GenerateStage;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.stage.WireArtefact;
import dev.perihelion.sweep.store.TrialRow;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Makes rows of what came of a trial. They get their place in the order of telling when they are told. */
final class TrialRows {

    private final Toolchain toolchain;
    private final TaskPlan plan;
    private final Optional<String> device;
    private final String toolchainJson;
    private final String policyJson;

    TrialRows(Toolchain toolchain, TaskPlan plan, Machine machine) {
        this.toolchain = toolchain;
        this.plan = plan;
        this.device = plan.measured() ? machine.device().map(gpu -> gpu.name()) : Optional.empty();
        this.toolchainJson = machine.toolchainJson();
        this.policyJson = Json.write(plan.task().policy());
    }

    static String trialId(String task, long number) {
        return String.format(Locale.ROOT, "%s-%05d", task, number);
    }

    /** A trial that never came to a device. */
    TrialRow failed(Flight flight, Outcome outcome, String reason) {
        return row(flight, TrialResult.failed(outcome, reason), Optional.empty(), Optional.empty());
    }

    /** A trial that runs the same program as another. */
    TrialRow duplicate(Flight flight, TrialRow original) {
        return row(
                flight,
                TrialResult.duplicate(original.result(), original.id()),
                Optional.empty(),
                Optional.of(original));
    }

    /** A trial that was checked, and timed where there is a GPU. */
    TrialRow measured(Flight flight, MeasureStage.Report report) {
        return row(flight, result(flight, report), Optional.of(report), Optional.empty());
    }

    private TrialResult result(Flight flight, MeasureStage.Report report) {
        if (!report.ok()) {
            return TrialResult.failed(report.outcome(), report.reason());
        }
        if (plan.measured()) {
            return report.latencyNanos() > 0
                    ? TrialResult.measured(report.latencyNanos())
                    : TrialResult.failed(Outcome.INFRASTRUCTURE, "the worker did not time it");
        }
        double nanos = toolchain.estimateNanos(
                flight.built().module().work(),
                flight.artefact().orElseThrow().facts(),
                plan.task().target());
        return Double.isFinite(nanos)
                ? TrialResult.estimated(nanos)
                : TrialResult.failed(Outcome.OUT_OF_RESOURCES, "one program does not fit on the target");
    }

    private TrialRow row(
            Flight flight, TrialResult result, Optional<MeasureStage.Report> report, Optional<TrialRow> original) {
        Asked asked = flight.asked();
        Optional<MeasureStage.Report> timed = report.filter(measured -> measured.latencyNanos() > 0);
        Optional<GenerateStage.Report> module =
                Optional.ofNullable(flight.built()).map(built -> built.module());
        return new TrialRow(
                trialId(plan.id(), asked.number()),
                plan.kernel().kernelName(),
                plan.task().target(),
                device,
                new Trial(asked.number(), asked.configuration(), asked.origin(), result),
                timed.map(TrialRows::timing),
                report.map(MeasureStage.Report::maxError)
                        .filter(error -> !Double.isNaN(error))
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                flight.artefact()
                        .map(WireArtefact::facts)
                        .or(() -> original.flatMap(TrialRow::facts).map(TrialRows::withoutCompileTime)),
                module.map(GenerateStage.Report::millis).orElse(0.0),
                original.isPresent()
                        ? 0
                        : flight.compilation().map(CompileStage.Report::millis).orElse(0.0),
                report.map(MeasureStage.Report::millis).orElse(0.0),
                module.map(GenerateStage.Report::sha256).orElse(""),
                flight.artefact().map(WireArtefact::sha256).or(() -> original.flatMap(TrialRow::binarySha256)),
                flight.artefact().map(TrialRows::launchSha256).or(() -> original.flatMap(TrialRow::launchSha256)),
                original.map(TrialRow::id),
                policyJson,
                toolchainJson,
                report.map(MeasureStage.Report::deviceStateJson),
                asked.at(),
                Instant.now(),
                Optional.empty());
    }

    /** Names how a binary is launched. */
    static String launchSha256(WireArtefact artefact) {
        return Hashes.sha256(artefact.launchJson());
    }

    private static TrialRow.Timing timing(MeasureStage.Report report) {
        List<Double> samples = Arrays.stream(report.samplesNanos()).boxed().toList();
        return new TrialRow.Timing(report.spreadNanos(), samples, report.level());
    }

    /** A shared binary cost its original's time, not this trial's. */
    private static BinaryFacts withoutCompileTime(BinaryFacts facts) {
        return new BinaryFacts(
                facts.registers(), facts.spillBytes(), facts.sharedBytes(), facts.threads(), facts.programs(), 0);
    }
}
