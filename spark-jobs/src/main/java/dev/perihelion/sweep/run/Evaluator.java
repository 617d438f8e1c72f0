package dev.perihelion.sweep.run;

import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.stage.CompileStage;
import dev.perihelion.sweep.stage.GenerateStage;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.StageContext;
import dev.perihelion.sweep.stage.WireArtefact;
import dev.perihelion.sweep.store.TrialRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Turns a batch into trials: generate, leave out known programs, compile, leave out known binaries, check, time or estimate.
 *
 * <p>{@link #build} of the next batch may run beside {@link #measure} of this one; each of the two is called for one batch at
 * a time and in the batches' order. That makes "known" well defined: the trial with the smaller number is the original.
 */
final class Evaluator {

    private final SparkStages stages;
    private final StageContext context;
    private final TaskPlan plan;
    private final Machine machine;

    // Only in build.
    private final Map<String, Long> byText = new HashMap<>();

    // Only in measure.
    private final Map<Long, TrialRow> known = new HashMap<>();
    private final Map<Long, Long> originals = new HashMap<>();
    private final Map<String, Long> byBinary = new HashMap<>();
    private final Map<String, MeasureStage.Report> bySmallText = new HashMap<>();
    private final Map<Long, Built> kept = new HashMap<>();

    Evaluator(SparkStages stages, StageContext context, TaskPlan plan, Machine machine) {
        this.stages = stages;
        this.context = context;
        this.plan = plan;
        this.machine = machine;
    }

    /** A generated and, unless its program is known or broken, compiled configuration. */
    record Built(
            Batch.Asked asked,
            GenerateStage.Report module,
            Optional<Long> sameText,
            Optional<CompileStage.Report> compiled) {

        Optional<WireArtefact> artefact() {
            return compiled.flatMap(CompileStage.Report::artefact);
        }
    }

    /** A batch after {@link #build}. */
    record BuiltBatch(Batch batch, List<Built> items) {}

    String trialId(long number) {
        return String.format(Locale.ROOT, "%s-%05d", plan.id(), number);
    }

    /** Takes over a trial of an earlier run. */
    void remember(TrialRow row) {
        known.put(row.trial().number(), row);
        row.duplicateOf()
                .ifPresent(id ->
                        originals.put(row.trial().number(), Long.parseLong(id.substring(id.lastIndexOf('-') + 1))));
        if (!row.textSha256().isEmpty()) {
            byText.putIfAbsent(row.textSha256(), row.trial().number());
        }
    }

    BuiltBatch build(Batch batch) {
        List<GenerateStage.Report> modules = stages.generate(
                context,
                batch.trials().stream()
                        .map(asked -> new GenerateStage.Item(
                                asked.number(), asked.configuration().toJson()))
                        .toList());
        List<CompileStage.Item> toCompile = new ArrayList<>();
        Map<Long, Long> sameText = new HashMap<>();
        for (GenerateStage.Report module : modules) {
            if (!module.ok()) {
                continue;
            }
            Long original = byText.putIfAbsent(module.sha256(), module.number());
            if (original == null) {
                toCompile.add(new CompileStage.Item(module.number(), module.text(), plan.compileArguments()));
            } else {
                sameText.put(module.number(), original);
            }
        }
        Map<Long, CompileStage.Report> compiled = new HashMap<>();
        stages.compile(context, toCompile).forEach(report -> compiled.put(report.number(), report));
        List<Built> built = new ArrayList<>();
        for (int i = 0; i < modules.size(); i++) {
            long number = modules.get(i).number();
            built.add(new Built(
                    batch.trials().get(i),
                    modules.get(i),
                    Optional.ofNullable(sameText.get(number)),
                    Optional.ofNullable(compiled.get(number))));
        }
        return new BuiltBatch(batch, built);
    }

    List<TrialRow> measure(BuiltBatch batch, OptionalDouble incumbent) {
        batch.items().stream().filter(built -> built.asked().number() == 0).forEach(built -> kept.put(0L, built));
        Map<Long, Long> sameBinary = new HashMap<>();
        List<Built> runnable = new ArrayList<>();
        for (Built built : batch.items()) {
            if (built.artefact().isEmpty()) {
                continue;
            }
            Long original = byBinary.putIfAbsent(
                    built.artefact().get().key(), built.asked().number());
            if (original == null || !plan.measured()) {
                runnable.add(built);
            } else {
                sameBinary.put(built.asked().number(), original);
            }
        }
        Map<Long, MeasureStage.Report> reports = plan.measured() ? time(runnable, incumbent) : check(runnable);
        List<TrialRow> rows = new ArrayList<>();
        for (Built built : batch.items()) {
            long number = built.asked().number();
            Optional<Long> original = built.sameText()
                    .or(() -> Optional.ofNullable(sameBinary.get(number)))
                    .map(this::first);
            TrialRow row = row(batch.batch(), built, original, Optional.ofNullable(reports.get(number)));
            known.put(number, row);
            original.ifPresent(other -> originals.put(number, other));
            keepIfBest(built, row);
            rows.add(row);
        }
        return rows;
    }

    /** The binary of a trial: of the default, or of the fastest so far; empty for others. */
    Optional<Built> kept(long number) {
        return Optional.ofNullable(kept.get(number));
    }

    /** Builds a trial of an earlier run again, so that its binary is at hand. */
    Built rebuild(Batch.Asked asked) {
        GenerateStage.Report module = stages.generate(
                        context,
                        List.of(new GenerateStage.Item(
                                asked.number(), asked.configuration().toJson())))
                .get(0);
        Optional<CompileStage.Report> compiled = module.ok()
                ? Optional.of(stages.compile(
                                context,
                                List.of(new CompileStage.Item(asked.number(), module.text(), plan.compileArguments())))
                        .get(0))
                : Optional.empty();
        Built built = new Built(asked, module, Optional.empty(), compiled);
        kept.put(asked.number(), built);
        return built;
    }

    /** What is the same for all checks; the default configuration must be known where it is the baseline. */
    MeasureStage.Common common(String policyJson, OptionalDouble incumbent, boolean fresh) {
        String text = null;
        WireArtefact binary = null;
        if (plan.task().reference().isEmpty()) {
            Built baseline = kept.get(0L);
            text = plan.measured()
                    ? baseline.module().text()
                    : baseline.module().smallText();
            binary = plan.measured() ? baseline.artefact().orElse(null) : null;
            if (text.isEmpty() || plan.measured() && binary == null) {
                throw new TaskFailure("The default configuration could not be built (" + why(baseline)
                        + "), so there is nothing to compare other configurations with. Name a `reference` function.");
            }
        }
        return new MeasureStage.Common(
                plan.measureArguments(), text, binary, policyJson, incumbent.orElse(Double.NaN), fresh);
    }

    private static String why(Built built) {
        if (!built.module().ok()) {
            return built.module().problem();
        }
        String compile = built.compiled().map(CompileStage.Report::reason).orElse("");
        return compile.isEmpty() ? built.module().smallProblem() : compile;
    }

    private Map<Long, MeasureStage.Report> time(List<Built> runnable, OptionalDouble incumbent) {
        List<MeasureStage.Item> items = runnable.stream()
                .map(built -> new MeasureStage.Item(
                        built.asked().number(),
                        built.module().text(),
                        built.artefact().orElseThrow()))
                .toList();
        return byNumber(items, common(Json.write(plan.task().policy()), incumbent, false));
    }

    /** Checks each small program once: at small shapes many configurations are the same program. */
    private Map<Long, MeasureStage.Report> check(List<Built> runnable) {
        Map<Long, MeasureStage.Report> reports = new HashMap<>();
        Map<String, MeasureStage.Item> items = new LinkedHashMap<>();
        for (Built built : runnable) {
            long number = built.asked().number();
            GenerateStage.Report module = built.module();
            if (module.smallText().isEmpty()) {
                reports.put(
                        number,
                        MeasureStage.lost(
                                new MeasureStage.Item(number, "", null),
                                "it could not be checked at small shapes: " + module.smallProblem()));
            } else if (!bySmallText.containsKey(module.smallSha256())) {
                items.putIfAbsent(module.smallSha256(), new MeasureStage.Item(number, module.smallText(), null));
            }
        }
        Map<String, MeasureStage.Report> round = new HashMap<>(bySmallText);
        if (!items.isEmpty()) {
            Map<Long, MeasureStage.Report> fresh = byNumber(
                    List.copyOf(items.values()),
                    common(Json.write(plan.task().policy()), OptionalDouble.empty(), false));
            items.forEach((sha, item) -> round.put(sha, fresh.get(item.number())));
            reports.putAll(fresh);
        }
        for (Built built : runnable) {
            long number = built.asked().number();
            reports.computeIfAbsent(
                    number, absent -> round.get(built.module().smallSha256()).sharedWith(number));
        }
        // What our machinery lost says nothing of the program: the next trial that runs it asks again.
        round.values().removeIf(report -> report.outcome() == Outcome.INFRASTRUCTURE);
        bySmallText.putAll(round);
        return reports;
    }

    private Map<Long, MeasureStage.Report> byNumber(List<MeasureStage.Item> items, MeasureStage.Common common) {
        Map<Long, MeasureStage.Report> reports = new HashMap<>();
        if (!items.isEmpty()) {
            stages.measure(context, stages.slots(), common, items)
                    .forEach(report -> reports.put(report.number(), report));
        }
        return reports;
    }

    /** The trial whose result an earlier trial shares, or that trial itself. */
    private long first(long number) {
        return originals.getOrDefault(number, number);
    }

    private TrialResult result(Built built, Optional<Long> original, Optional<MeasureStage.Report> report) {
        if (!built.module().ok()) {
            Outcome outcome = built.module().infeasible() ? Outcome.OUT_OF_RESOURCES : Outcome.COMPILE_ERROR;
            return TrialResult.failed(outcome, built.module().problem());
        }
        if (original.isPresent()) {
            return TrialResult.duplicate(known.get(original.get()).result(), trialId(original.get()));
        }
        CompileStage.Report compiled = built.compiled().orElseThrow();
        if (compiled.artefact().isEmpty()) {
            return TrialResult.failed(compiled.outcome(), compiled.reason());
        }
        MeasureStage.Report measured = report.orElseThrow();
        if (!measured.ok()) {
            return TrialResult.failed(measured.outcome(), measured.reason());
        }
        if (plan.measured()) {
            return measured.latencyNanos() > 0
                    ? TrialResult.measured(measured.latencyNanos())
                    : TrialResult.failed(Outcome.INFRASTRUCTURE, "the worker did not time it");
        }
        double nanos = context.toolchain()
                .estimateNanos(
                        built.module().work(),
                        compiled.artefact().get().facts(),
                        plan.task().target());
        return Double.isFinite(nanos)
                ? TrialResult.estimated(nanos)
                : TrialResult.failed(Outcome.OUT_OF_RESOURCES, "one program does not fit on the target");
    }

    private TrialRow row(Batch batch, Built built, Optional<Long> original, Optional<MeasureStage.Report> report) {
        TrialResult result = result(built, original, report);
        boolean timed = report.isPresent() && report.get().latencyNanos() > 0;
        Batch.Asked asked = built.asked();
        Optional<TrialRow> shared = original.map(known::get);
        return new TrialRow(
                trialId(asked.number()),
                plan.kernel().kernelName(),
                plan.task().target(),
                plan.measured() ? machine.device().map(device -> device.name()) : Optional.empty(),
                new Trial(asked.number(), asked.configuration(), asked.origin(), result),
                timed
                        ? Optional.of(new TrialRow.Timing(
                                report.get().spreadNanos(),
                                report.get().samplesNanos(),
                                report.get().level()))
                        : Optional.empty(),
                report.map(MeasureStage.Report::maxError)
                        .filter(error -> !Double.isNaN(error))
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                built.artefact()
                        .map(WireArtefact::facts)
                        .or(() -> shared.flatMap(TrialRow::facts).map(Evaluator::withoutCompileTime)),
                built.module().millis(),
                built.compiled().map(CompileStage.Report::millis).orElse(0.0),
                report.map(MeasureStage.Report::millis).orElse(0.0),
                built.module().sha256(),
                built.artefact().map(WireArtefact::sha256).or(() -> shared.flatMap(TrialRow::binarySha256)),
                original.map(this::trialId),
                Json.write(plan.task().policy()),
                machine.toolchainJson(),
                report.map(MeasureStage.Report::deviceStateJson),
                batch.askedAt(),
                Instant.now());
    }

    /** A shared binary cost its original's time, not this trial's. */
    private static BinaryFacts withoutCompileTime(BinaryFacts facts) {
        return new BinaryFacts(
                facts.registers(), facts.spillBytes(), facts.sharedBytes(), facts.threads(), facts.programs(), 0);
    }

    private void keepIfBest(Built built, TrialRow row) {
        boolean faster = row.result().outcome() == Outcome.MEASURED
                && kept.keySet().stream()
                        .map(known::get)
                        .filter(other -> other != null && other != row)
                        .flatMapToDouble(other -> other.result().latencyNanos().stream())
                        .allMatch(best -> row.result().latencyNanos().getAsDouble() < best);
        if (faster && built.asked().number() != 0) {
            kept.keySet().removeIf(number -> number != 0);
            kept.put(built.asked().number(), built);
        }
    }
}
