package dev.perihelion.executor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Jobs as requests to a worker; the fields are described in docs/workers.md. */
final class Requests {

    private Requests() {}

    /** {@code limit} counts from the moment when a worker begins. */
    static Frame compile(CompileJob job, Duration limit) {
        ObjectNode header = header("compile", job.id());
        header.put("module", job.moduleText());
        header.put("kernel", job.kernelName());
        header.set("arguments", json(job.argumentsJson()));
        header.put("target", job.target());
        header.put("limit_ms", limit.toMillis());
        return new Frame(header, new byte[0]);
    }

    /** {@code operation} is {@code measure}, or {@code check} where there is no device. */
    static Frame measure(String operation, MeasureJob job) {
        ObjectNode header = header(operation, job.id());
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        ArrayNode binaries = header.putArray("binaries");
        header.put("module", job.moduleText());
        header.put("kernel", job.kernelName());
        header.set("arguments", json(job.argumentsJson()));
        header.set("policy", policy(job.policy()));
        header.put("seed", job.inputSeed());
        header.put("reduction_length", job.reductionLength());
        if (job.spareMillis() > 0) {
            header.put("spare_millis", job.spareMillis());
        }
        job.incumbentNanos().ifPresent(nanos -> header.put("incumbent_ns", nanos));
        job.artefact().ifPresent(artefact -> header.set("launch", json(artefact.launchJson())));
        binaries.add(append(payload, job.artefact().map(Artefact::binary).orElse(new byte[0])));
        reference(header, job.reference(), binaries, payload);
        return new Frame(header, payload.toByteArray());
    }

    /** A race of some of a job's entrants, named by their places. */
    static Frame race(RaceJob job, List<Integer> places) {
        ObjectNode header = header("race", job.id());
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        ArrayNode binaries = header.putArray("binaries");
        ArrayNode entrants = header.putArray("entrants");
        for (int place : places) {
            RaceJob.Entrant entrant = job.entrants().get(place);
            ObjectNode fields = entrants.addObject();
            fields.put("name", entrant.name());
            fields.put("module", entrant.moduleText());
            entrant.artefact().ifPresent(artefact -> fields.set("launch", json(artefact.launchJson())));
            binaries.add(
                    append(payload, entrant.artefact().map(Artefact::binary).orElse(new byte[0])));
        }
        header.put("kernel", job.kernelName());
        header.set("arguments", json(job.argumentsJson()));
        header.set("policy", policy(job.policy()));
        header.putObject("race")
                .put("min_rounds", job.race().minRounds())
                .put("max_rounds", job.race().maxRounds())
                .put("budget_millis", job.race().budgetMillis())
                .put("eliminate", job.race().eliminate());
        job.inputSeeds().forEach(header.putArray("seeds")::add);
        header.put("reduction_length", job.reductionLength());
        reference(header, job.reference(), binaries, payload);
        return new Frame(header, payload.toByteArray());
    }

    private static void reference(
            ObjectNode header, Reference from, ArrayNode binaries, ByteArrayOutputStream payload) {
        ObjectNode reference = header.putObject("reference");
        if (from instanceof Reference.UserFunction user) {
            reference.put("kind", "function");
            reference.set("file", file(user.file()));
            reference.put("function", user.function());
        } else if (from instanceof Reference.Baseline baseline) {
            reference.put("kind", "baseline");
            reference.put("module", baseline.moduleText());
            baseline.artefact().ifPresent(artefact -> reference.set("launch", json(artefact.launchJson())));
            binaries.add(
                    append(payload, baseline.artefact().map(Artefact::binary).orElse(new byte[0])));
        }
    }

    static Frame timeFunction(FunctionJob job) {
        ObjectNode header = header("time_function", job.id());
        header.set("file", file(job.file()));
        header.put("function", job.function());
        header.set("arguments", json(job.argumentsJson()));
        header.put("compile", job.compiled());
        header.set("policy", policy(job.policy()));
        header.put("seed", job.inputSeed());
        return new Frame(header, new byte[0]);
    }

    static Frame describeInputs(
            KernelFile file, String function, List<String> names, Map<String, Object> symbols, Duration limit) {
        ObjectNode header = header("describe_inputs", function);
        header.set("file", file(file));
        header.put("function", function);
        header.put("limit_ms", limit.toMillis());
        names.forEach(header.putArray("names")::add);
        header.set("symbols", FrameCodec.JSON.valueToTree(symbols));
        return new Frame(header, new byte[0]);
    }

    private static ObjectNode header(String operation, String id) {
        return FrameCodec.JSON.createObjectNode().put("op", operation).put("id", id);
    }

    private static ObjectNode file(KernelFile file) {
        return FrameCodec.JSON.createObjectNode().put("path", file.path()).put("text", file.text());
    }

    private static ObjectNode policy(MeasurePolicy policy) {
        return FrameCodec.JSON
                .createObjectNode()
                .put("timer", policy.timer())
                .put("l2", policy.l2())
                .put("screen_calls", policy.screenCalls())
                .put("screen_ratio", policy.screenRatio())
                .put("rank_millis", policy.rankMillis())
                .put("min_calls", policy.minCalls())
                .put("max_calls", policy.maxCalls())
                .put("run_timeout_millis", policy.runTimeoutMillis());
    }

    private static int append(ByteArrayOutputStream payload, byte[] bytes) {
        payload.writeBytes(bytes);
        return bytes.length;
    }

    private static JsonNode json(String text) {
        try {
            return FrameCodec.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not JSON: `" + text + "`.", e);
        }
    }
}
