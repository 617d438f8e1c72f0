package dev.perihelion.sweep.store;

import static dev.perihelion.sweep.store.Column.optional;
import static dev.perihelion.sweep.store.Column.required;
import static dev.perihelion.sweep.store.ColumnType.DOUBLE;
import static dev.perihelion.sweep.store.ColumnType.DOUBLES;
import static dev.perihelion.sweep.store.ColumnType.LONG;
import static dev.perihelion.sweep.store.ColumnType.STRING;
import static dev.perihelion.sweep.store.ColumnType.TIMESTAMP;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.TuningTask;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The store's tables. docs/store.md follows these declarations, and a test compares the two. */
public final class Tables {

    /** Written into every row; raised when a reader of the older files would be wrong. */
    public static final long SCHEMA_VERSION = 1;

    /** One row for each trial. */
    public static final Table<TrialRow> TRIALS = new Table<>(
            "trials",
            List.of(
                    required("schema_version", LONG, "Version of this schema.", row -> SCHEMA_VERSION),
                    required("trial", STRING, "Names the trial; unique in its sweep.", TrialRow::id),
                    required(
                            "number",
                            LONG,
                            "Counts the task's trials from 0 in the order they were asked for; 0 is the default configuration.",
                            row -> row.trial().number()),
                    required("kernel", STRING, "The tuned function.", TrialRow::kernel),
                    required("target", STRING, "What it was compiled for, as `cuda:90`.", TrialRow::target),
                    optional(
                            "device",
                            STRING,
                            "Name of the GPU that timed it; none where no GPU did.",
                            row -> row.device().orElse(null)),
                    required(
                            "origin",
                            STRING,
                            "Who proposed it and why, as `pattern:neighbour`.",
                            row -> row.trial().origin()),
                    required(
                            "config",
                            STRING,
                            "The configuration, canonical JSON.",
                            row -> row.configuration().toJson()),
                    required(
                            "config_hash",
                            STRING,
                            "First 16 hexadecimal digits of the SHA-256 of `config`.",
                            row -> row.configuration().hash()),
                    required(
                            "outcome",
                            STRING,
                            "How it ended: measured, estimated, wrong_result, compile_error, compile_timeout, "
                                    + "out_of_resources, launch_error, run_timeout, worker_died, infrastructure or duplicate.",
                            row -> row.result().outcome().id()),
                    required(
                            "reason",
                            STRING,
                            "One line for a person; empty for success.",
                            row -> row.result().reason()),
                    optional(
                            "latency_ns",
                            DOUBLE,
                            "Median device time of one call in nanoseconds; an estimate where `outcome` is estimated; a "
                                    + "duplicate carries its original's; none for failures.",
                            row -> boxed(row.result().latencyNanos())),
                    optional(
                            "spread_ns",
                            DOUBLE,
                            "Median absolute deviation of the samples in nanoseconds.",
                            row -> timing(row, TrialRow.Timing::spreadNanos)),
                    required(
                            "samples_ns",
                            DOUBLES,
                            "Every timed call in nanoseconds, in order; empty where it was not timed.",
                            row -> row.timing()
                                    .map(TrialRow.Timing::samplesNanos)
                                    .orElse(List.of())),
                    optional(
                            "level",
                            LONG,
                            "How far the timing went: 0 screened out, 1 ranked.",
                            row -> row.timing()
                                    .map(timing -> (long) timing.level())
                                    .orElse(null)),
                    optional(
                            "max_error",
                            DOUBLE,
                            "Largest difference to the reference as a fraction of what the tolerance allows.",
                            row -> boxed(row.maxError())),
                    optional("registers", LONG, "Registers per thread.", row -> fact(row, BinaryFacts::registers)),
                    optional(
                            "spill_bytes",
                            LONG,
                            "Local memory per thread in bytes.",
                            row -> fact(row, BinaryFacts::spillBytes)),
                    optional(
                            "shared_bytes",
                            LONG,
                            "Shared memory per program in bytes.",
                            row -> fact(row, BinaryFacts::sharedBytes)),
                    optional("threads", LONG, "Threads per program.", row -> fact(row, BinaryFacts::threads)),
                    optional("programs", LONG, "Programs in the grid.", row -> fact(row, BinaryFacts::programs)),
                    required("generate_ms", DOUBLE, "Milliseconds to generate the module.", TrialRow::generateMillis),
                    required(
                            "compile_ms",
                            DOUBLE,
                            "Milliseconds to compile it; 0 where a known program made that needless.",
                            TrialRow::compileMillis),
                    required(
                            "measure_ms",
                            DOUBLE,
                            "Milliseconds to check and time it; 0 where that was needless.",
                            TrialRow::measureMillis),
                    required(
                            "text_sha256",
                            STRING,
                            "SHA-256 of the module without its comment header; empty where none could be generated.",
                            TrialRow::textSha256),
                    optional(
                            "binary_sha256",
                            STRING,
                            "SHA-256 of the binary.",
                            row -> row.binarySha256().orElse(null)),
                    optional(
                            "launch_sha256",
                            STRING,
                            "SHA-256 of how the binary is launched; trials that share it and `binary_sha256` are one program.",
                            row -> row.launchSha256().orElse(null)),
                    optional(
                            "duplicate_of",
                            STRING,
                            "The trial whose result this one shares.",
                            row -> row.duplicateOf().orElse(null)),
                    required("policy", STRING, "How the latency was taken, JSON.", TrialRow::policyJson),
                    required(
                            "toolchain",
                            STRING,
                            "Versions, JSON: perihelion, python, torch, triton, driver.",
                            TrialRow::toolchainJson),
                    optional(
                            "device_state",
                            STRING,
                            "Clocks and temperature while timing, how it was timed, and `phases_ms`: the worker's wall time by "
                                    + "phase ([measuring](measuring.md)), JSON.",
                            row -> row.deviceStateJson().orElse(null)),
                    required("asked_at", TIMESTAMP, "When the strategy proposed it.", TrialRow::askedAt),
                    required("finished_at", TIMESTAMP, "When its result was known.", TrialRow::finishedAt),
                    optional(
                            "told",
                            LONG,
                            "How many of the task's trials were told to the strategy before it.",
                            row -> place(row, TrialRow.Place::told)),
                    optional(
                            "asked_after",
                            LONG,
                            "How many of the task's trials had been told when it was asked for.",
                            row -> place(row, TrialRow.Place::askedAfter)),
                    optional(
                            "ask_size",
                            LONG,
                            "How many configurations were asked for in the same call.",
                            row -> place(row, TrialRow.Place::askSize)),
                    optional(
                            "asks",
                            STRING,
                            "Sizes of the calls between the telling of the trial before it and its own, JSON list.",
                            row -> row.place()
                                    .map(place -> Json.write(place.asksBefore()))
                                    .orElse(null))),
            Tables::trial);

    /** One row for each tuning task, written when it starts and again when it ends. */
    public static final Table<TaskRow> TASKS = new Table<>(
            "tasks",
            List.of(
                    required("schema_version", LONG, "Version of this schema.", row -> SCHEMA_VERSION),
                    required(
                            "kernel_file",
                            STRING,
                            "The kernel's file as the user named it.",
                            row -> row.task().file()),
                    required(
                            "source",
                            STRING,
                            "The file's whole text, which is what was compiled.",
                            row -> row.task().source()),
                    required(
                            "kernel",
                            STRING,
                            "The tuned function.",
                            row -> row.task().kernel()),
                    required(
                            "argument_values",
                            STRING,
                            "The arguments as the user wrote them, JSON: VALUE texts by name.",
                            row -> Json.write(row.task().argumentValues())),
                    required(
                            "arguments",
                            STRING,
                            "The arguments as workers read them, defaults included, JSON.",
                            TaskRow::argumentsJson),
                    required(
                            "target",
                            STRING,
                            "What was compiled for, as `cuda:90`.",
                            row -> row.task().target()),
                    optional(
                            "device",
                            STRING,
                            "The GPU that timed, JSON; none where no GPU did.",
                            row -> row.deviceJson().orElse(null)),
                    required(
                            "strategy",
                            STRING,
                            "The strategy's name.",
                            row -> row.task().strategy()),
                    required(
                            "seed",
                            LONG,
                            "Of the strategy and of the inputs.",
                            row -> row.task().seed()),
                    required(
                            "budget",
                            STRING,
                            "JSON: evaluations, gpu_seconds, seconds; an absent key is no limit.",
                            row -> Json.write(row.task().budget().toJsonMap())),
                    required(
                            "policy",
                            STRING,
                            "How latencies are taken, JSON.",
                            row -> Json.write(row.task().policy())),
                    required(
                            "space",
                            STRING,
                            "The search space, JSON: one object per parameter, as in `perihelion space --json`.",
                            TaskRow::spaceJson),
                    required(
                            "default_config",
                            STRING,
                            "The default configuration, JSON.",
                            row -> row.defaultConfiguration().toJson()),
                    required(
                            "task_json",
                            STRING,
                            "All that is needed to run the task again, JSON.",
                            row -> row.task().toJson()),
                    required("batch_size", LONG, "Most configurations asked for at a time.", TaskRow::batchSize),
                    required("started_at", TIMESTAMP, "When the task began.", TaskRow::startedAt),
                    optional(
                            "finished_at",
                            TIMESTAMP,
                            "When it ended; none where it did not.",
                            row -> row.finishedAt().orElse(null)),
                    required("state", STRING, "running, done, stopped or failed.", TaskRow::state),
                    required("problem", STRING, "Why it failed, one sentence; else empty.", TaskRow::problem),
                    optional(
                            "confirmation",
                            STRING,
                            "The last comparison of the default and the best configuration, JSON; see below.",
                            row -> row.confirmationJson().orElse(null)),
                    optional(
                            "statistics",
                            STRING,
                            "How fast the search was, JSON; see below.",
                            row -> row.statisticsJson().orElse(null)),
                    optional(
                            "warm_start",
                            STRING,
                            "What near tasks had found and this one tried first, JSON: `config` and `from` of each.",
                            row -> row.warmStartJson().orElse(null))),
            Tables::task);

    /** One row for each sweep. */
    public static final Table<SweepRow> SWEEPS = new Table<>(
            "sweeps",
            List.of(
                    required("schema_version", LONG, "Version of this schema.", row -> SCHEMA_VERSION),
                    required("name", STRING, "As the user named it.", SweepRow::name),
                    required(
                            "specification",
                            STRING,
                            "The text it was made from; empty where there is none.",
                            SweepRow::specification),
                    required(
                            "tasks",
                            STRING,
                            "Its tuning tasks in order, JSON list of what `task_json` of a task holds.",
                            SweepRow::tasksJson),
                    optional(
                            "settings",
                            STRING,
                            "What holds for all its tasks together, JSON: `budget` and `cold`; none in stores of earlier versions.",
                            row -> row.settingsJson().orElse(null)),
                    required("perihelion", STRING, "The version that ran it.", SweepRow::perihelionVersion),
                    required("master", STRING, "The Spark master it ran on.", SweepRow::master),
                    required("created_at", TIMESTAMP, "When it began.", SweepRow::createdAt),
                    optional(
                            "finished_at",
                            TIMESTAMP,
                            "When it ended; none where it did not.",
                            row -> row.finishedAt().orElse(null))),
            Tables::sweep);

    private Tables() {}

    private static TrialRow trial(Row row) {
        TrialResult result = new TrialResult(
                Outcome.fromId(row.text("outcome")), row.optionalNumber("latency_ns"), row.text("reason"));
        return new TrialRow(
                row.text("trial"),
                row.text("kernel"),
                row.text("target"),
                row.optionalText("device"),
                new Trial(row.whole("number"), Configuration.fromJson(row.text("config")), row.text("origin"), result),
                row.has("spread_ns")
                        ? Optional.of(new TrialRow.Timing(
                                row.number("spread_ns"), row.numbers("samples_ns"), (int) row.whole("level")))
                        : Optional.empty(),
                row.optionalNumber("max_error"),
                row.has("registers") ? Optional.of(facts(row)) : Optional.empty(),
                row.number("generate_ms"),
                row.number("compile_ms"),
                row.number("measure_ms"),
                row.text("text_sha256"),
                row.optionalText("binary_sha256"),
                row.optionalText("launch_sha256"),
                row.optionalText("duplicate_of"),
                row.text("policy"),
                row.text("toolchain"),
                row.optionalText("device_state"),
                row.time("asked_at"),
                row.time("finished_at"),
                row.has("told") ? Optional.of(place(row)) : Optional.empty());
    }

    private static TrialRow.Place place(Row row) {
        return new TrialRow.Place(
                row.whole("told"),
                row.whole("asked_after"),
                row.whole("ask_size"),
                Json.read(row.text("asks"), new TypeReference<List<Integer>>() {}));
    }

    private static BinaryFacts facts(Row row) {
        return new BinaryFacts(
                (int) row.whole("registers"),
                (int) row.whole("spill_bytes"),
                (int) row.whole("shared_bytes"),
                (int) row.whole("threads"),
                row.whole("programs"),
                row.number("compile_ms"));
    }

    private static TaskRow task(Row row) {
        return new TaskRow(
                TuningTask.fromJson(row.text("task_json")),
                row.text("arguments"),
                row.optionalText("device"),
                row.text("space"),
                Configuration.fromJson(row.text("default_config")),
                row.whole("batch_size"),
                row.time("started_at"),
                row.optionalTime("finished_at"),
                row.text("state"),
                row.text("problem"),
                row.optionalText("confirmation"),
                row.optionalText("statistics"),
                row.optionalText("warm_start"));
    }

    private static SweepRow sweep(Row row) {
        return new SweepRow(
                row.text("name"),
                row.text("specification"),
                row.text("tasks"),
                row.optionalText("settings"),
                row.text("perihelion"),
                row.text("master"),
                row.time("created_at"),
                row.optionalTime("finished_at"));
    }

    private static Double boxed(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static Double timing(TrialRow row, ToDoubleFunction<TrialRow.Timing> part) {
        return row.timing().map(part::applyAsDouble).orElse(null);
    }

    private static Long place(TrialRow row, ToLongFunction<TrialRow.Place> part) {
        return row.place().map(part::applyAsLong).orElse(null);
    }

    private static Long fact(TrialRow row, ToLongFunction<BinaryFacts> part) {
        return row.facts().map(part::applyAsLong).orElse(null);
    }
}
