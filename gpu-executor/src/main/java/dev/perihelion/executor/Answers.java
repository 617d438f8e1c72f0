package dev.perihelion.executor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.perihelion.search.trial.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/** Answers of a worker as outcomes. */
final class Answers {

    private Answers() {}

    static CompileOutcome compiled(Frame answer, double elapsedMillis) {
        JsonNode header = answer.header();
        if (!header.path("outcome").asText().equals("compiled")) {
            return new CompileOutcome.Failed(outcome(header), reason(header), elapsedMillis);
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
            case CANNOT_START, PROTOCOL -> Outcome.INFRASTRUCTURE;
        };
        return new CompileOutcome.Failed(outcome, failure.reason(), elapsedMillis);
    }

    static MeasureOutcome measured(Frame answer) {
        JsonNode header = answer.header();
        return switch (header.path("outcome").asText()) {
            case "timed" -> timed(header, answer.payload());
            case "checked" ->
                new MeasureOutcome.Checked(header.path("max_error").asDouble());
            default -> new MeasureOutcome.Failed(outcome(header), reason(header));
        };
    }

    private static MeasureOutcome timed(JsonNode header, byte[] payload) {
        try {
            return new MeasureOutcome.Timed(
                    header.path("latency_ns").asDouble(),
                    header.path("spread_ns").asDouble(),
                    samples(payload),
                    header.path("level").asInt(),
                    header.path("max_error").asDouble(),
                    header.path("device").toString());
        } catch (IOException e) {
            return new MeasureOutcome.Failed(
                    Outcome.INFRASTRUCTURE, "The samples cannot be read: " + e.getMessage() + ".");
        }
    }

    static MeasureOutcome measureFailure(WorkerFailure failure) {
        Outcome outcome = switch (failure.kind()) {
            case TIMEOUT -> Outcome.RUN_TIMEOUT;
            case DIED -> Outcome.WORKER_DIED;
            case PREPARE_TIMEOUT, CANNOT_START, PROTOCOL -> Outcome.INFRASTRUCTURE;
        };
        return new MeasureOutcome.Failed(outcome, failure.reason());
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
                device.isObject() ? java.util.Optional.of(device(device)) : java.util.Optional.empty());
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

    /** The column {@code latency_ns} of an Arrow IPC stream, nanoseconds. */
    static double[] samples(byte[] stream) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            if (!reader.loadNextBatch()) {
                throw new IOException("the stream has no record batch");
            }
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            if (!(root.getVector("latency_ns") instanceof Float8Vector column)) {
                throw new IOException("the stream has no column `latency_ns` of doubles");
            }
            double[] samples = new double[column.getValueCount()];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = column.get(i);
            }
            return samples;
        }
    }

    private static Outcome outcome(JsonNode header) {
        try {
            return Outcome.fromId(header.path("outcome").asText());
        } catch (IllegalArgumentException e) {
            return Outcome.INFRASTRUCTURE;
        }
    }

    private static String reason(JsonNode header) {
        return header.path("reason").asText("The worker gave no reason.");
    }
}
