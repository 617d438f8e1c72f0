package dev.perihelion.executor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perihelion.search.trial.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers of a worker as outcomes. */
final class Answers {

    private Answers() {}

    static CompileOutcome compiled(Frame answer) {
        JsonNode header = answer.header();
        if (!header.path("outcome").asText().equals("compiled")) {
            return new CompileOutcome.Failed(
                    outcome(header), reason(header), header.path("worker_ms").asDouble());
        }
        JsonNode facts = header.path("facts");
        BinaryFacts binary = new BinaryFacts(
                facts.path("registers").asInt(),
                facts.path("spill_bytes").asInt(),
                facts.path("shared_bytes").asInt(),
                facts.path("threads").asInt(),
                facts.path("programs").asLong(),
                facts.path("compile_ms").asDouble());
        Artefact artefact = new Artefact(
                header.path("sha256").asText(),
                answer.payload(),
                header.path("launch").toString(),
                binary);
        return new CompileOutcome.Compiled(artefact, header.path("host_ran_on").asText("meta"));
    }

    static CompileOutcome compileFailure(WorkerFailure failure, double elapsedMillis) {
        Outcome outcome = switch (failure.kind()) {
            case PREPARE_TIMEOUT, TIMEOUT -> Outcome.COMPILE_TIMEOUT;
            case DIED -> Outcome.WORKER_DIED;
            case CANNOT_START, NOT_STARTED, PROTOCOL -> Outcome.INFRASTRUCTURE;
        };
        return new CompileOutcome.Failed(outcome, failure.reason(), elapsedMillis);
    }

    static MeasureOutcome measured(Frame answer) {
        JsonNode header = answer.header();
        return switch (header.path("outcome").asText()) {
            case "timed" -> timed(header, answer.payload());
            case "checked" ->
                new MeasureOutcome.Checked(header.path("max_error").asDouble());
            default -> new MeasureOutcome.Failed(outcome(header), reason(header), busy(header), worker(header));
        };
    }

    private static MeasureOutcome timed(JsonNode header, byte[] payload) {
        try {
            return new MeasureOutcome.Timed(
                    header.path("latency_ns").asDouble(),
                    header.path("spread_ns").asDouble(),
                    Samples.latencies(payload),
                    header.path("level").asInt(),
                    header.path("max_error").asDouble(),
                    header.path("device").toString(),
                    busy(header),
                    worker(header),
                    header.path("phases_ms").path("spare").asDouble());
        } catch (IOException e) {
            return new MeasureOutcome.Failed(
                    Outcome.INFRASTRUCTURE, "The samples cannot be read: " + e.getMessage() + ".");
        }
    }

    static MeasureOutcome measureFailure(WorkerFailure failure) {
        return new MeasureOutcome.Failed(runOutcome(failure), failure.reason());
    }

    /** What a failure of the worker means for what ran on it. */
    static Outcome runOutcome(WorkerFailure failure) {
        return switch (failure.kind()) {
            case TIMEOUT -> Outcome.RUN_TIMEOUT;
            case DIED -> Outcome.WORKER_DIED;
            case PREPARE_TIMEOUT, CANNOT_START, NOT_STARTED, PROTOCOL -> Outcome.INFRASTRUCTURE;
        };
    }

    private static double busy(JsonNode header) {
        return header.path("busy_ms").asDouble();
    }

    private static double worker(JsonNode header) {
        return header.path("worker_ms").asDouble();
    }

    static RaceOutcome raced(Frame answer) {
        JsonNode header = answer.header();
        if (!header.path("outcome").asText().equals("raced")) {
            return new RaceOutcome.Failed(outcome(header), reason(header));
        }
        JsonNode lanes = header.path("lanes");
        try {
            double[][] samples = Samples.byLane(answer.payload(), lanes.size());
            List<RaceOutcome.Lane> read = new ArrayList<>();
            for (int i = 0; i < lanes.size(); i++) {
                read.add(lane(lanes.get(i), samples[i]));
            }
            return new RaceOutcome.Raced(read, header.path("device").toString(), busy(header), worker(header));
        } catch (IOException e) {
            return new RaceOutcome.Failed(
                    Outcome.INFRASTRUCTURE, "The race's samples cannot be read: " + e.getMessage() + ".");
        }
    }

    private static RaceOutcome.Lane lane(JsonNode lane, double[] samples) {
        boolean failed = lane.hasNonNull("outcome");
        return new RaceOutcome.Lane(
                lane.path("name").asText(),
                lane.path("control").asBoolean(),
                samples,
                lane.path("max_error").asDouble(),
                failed ? Optional.of(outcome(lane)) : Optional.empty(),
                failed ? reason(lane) : "");
    }

    static InputsOutcome inputs(Frame answer) {
        JsonNode header = answer.header();
        return header.path("outcome").asText().equals("described")
                ? new InputsOutcome.Described(header.path("arguments").toString())
                : new InputsOutcome.Failed(outcome(header), reason(header));
    }

    static WorkerInfo info(JsonNode hello) {
        JsonNode device = hello.path("device");
        return new WorkerInfo(
                hello.path("protocol").asInt(),
                hello.path("python").asText(),
                hello.path("torch").asText(),
                hello.path("triton").asText(),
                device.isObject() ? Optional.of(device(device)) : Optional.empty());
    }

    private static WorkerInfo.Device device(JsonNode device) {
        return new WorkerInfo.Device(
                device.path("name").asText(),
                device.path("uuid").asText(),
                device.path("target").asText(),
                device.path("multiprocessors").asInt(),
                device.path("memory_bytes").asLong(),
                device.path("l2_bytes").asLong(),
                device.path("driver").asText());
    }

    static Outcome outcome(JsonNode header) {
        try {
            return Outcome.fromId(header.path("outcome").asText());
        } catch (IllegalArgumentException e) {
            return Outcome.INFRASTRUCTURE;
        }
    }

    static String reason(JsonNode header) {
        return header.path("reason").asText("The worker gave no reason.");
    }
}
