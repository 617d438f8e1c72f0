package dev.perihelion.search.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.search.sim.Trajectory;
import dev.perihelion.search.study.StudyPlan.RunKey;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of a study, one line of its raw results.
 *
 * @param key what was run
 * @param trajectory what it found and spent
 * @param realMillis what the run took here, nearly all of it the strategy's thinking
 */
public record StudyRun(RunKey key, Trajectory trajectory, double realMillis) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** One line of JSON. */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("space", key.space());
        node.put("strategy", key.strategy());
        node.put("gpus", key.gpus());
        node.put("seed", key.seed());
        node.put("budget", key.budget());
        node.put("ended", trajectory.ended());
        node.put("best_ns", trajectory.bestNanos());
        node.set("spent", spent(trajectory.spent()));
        ArrayNode incumbents = node.putArray("incumbents");
        for (Trajectory.Incumbent incumbent : trajectory.incumbents()) {
            ObjectNode row = spent(incumbent.at());
            row.put("latency_ns", incumbent.latencyNanos());
            row.put("recorded", incumbent.recorded());
            incumbents.add(row);
        }
        node.put("real_ms", realMillis);
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Numbers and names are always JSON.", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if the line is something else
     */
    public static StudyRun fromJson(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            List<Trajectory.Incumbent> incumbents = new ArrayList<>();
            for (JsonNode row : node.required("incumbents")) {
                incumbents.add(new Trajectory.Incumbent(
                        spent(row),
                        row.required("latency_ns").asDouble(),
                        row.required("recorded").asBoolean()));
            }
            return new StudyRun(
                    new RunKey(
                            node.required("space").asText(),
                            node.required("strategy").asText(),
                            node.required("gpus").asInt(),
                            node.required("seed").asLong(),
                            node.required("budget").asLong()),
                    new Trajectory(
                            incumbents,
                            spent(node.required("spent")),
                            node.required("best_ns").asDouble(),
                            node.required("ended").asText()),
                    node.required("real_ms").asDouble());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not a run of a study: " + e.getOriginalMessage(), e);
        }
    }

    private static ObjectNode spent(Trajectory.Spent spent) {
        ObjectNode node = JSON.createObjectNode();
        node.put("evaluations", spent.evaluations());
        node.put("seconds", spent.seconds());
        node.put("gpu_seconds", spent.gpuSeconds());
        node.put("compile_seconds", spent.compileSeconds());
        node.put("failures", spent.failures());
        node.put("failed_gpu_seconds", spent.failedGpuSeconds());
        node.put("duplicates", spent.duplicates());
        node.put("surrogates", spent.surrogates());
        return node;
    }

    private static Trajectory.Spent spent(JsonNode node) {
        return new Trajectory.Spent(
                node.required("evaluations").asLong(),
                node.required("seconds").asDouble(),
                node.required("gpu_seconds").asDouble(),
                node.required("compile_seconds").asDouble(),
                node.required("failures").asLong(),
                node.required("failed_gpu_seconds").asDouble(),
                node.required("duplicates").asLong(),
                node.required("surrogates").asLong());
    }
}
