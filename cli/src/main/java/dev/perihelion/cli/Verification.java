package dev.perihelion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.sweep.run.Verified;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether the answers of a sweep hold when they are timed again, and how that is told. */
record Verification(String sweep, List<Verified> answers) {

    /** How far a latency may be from its claim, as a fraction, where the noise is smaller. */
    static final double TOLERANCE = 0.02;

    private static final ObjectMapper JSON = new ObjectMapper();

    Verification {
        answers = List.copyOf(answers);
    }

    /** Whether there is anything to hold, and all of it does; what could not be timed does not. */
    boolean holds() {
        return !answers.isEmpty() && answers.stream().allMatch(Verification::holds);
    }

    /** Whether a latency is within 2 % of its claim or within the noise, whichever is more. */
    static boolean holds(Verified answer) {
        double noise = Double.isNaN(answer.noiseFloor()) ? 0 : answer.noiseFloor();
        // A latency that is not known fails the comparison.
        return answer.problem().isEmpty() && Math.abs(answer.drift()) <= Math.max(TOLERANCE, noise);
    }

    String toJson() {
        ObjectNode document = JSON.createObjectNode();
        document.put("sweep", sweep);
        document.put("holds", holds());
        ArrayNode tasks = document.putArray("tasks");
        for (Verified answer : answers) {
            ObjectNode task = tasks.addObject();
            task.put("task", answer.taskId());
            task.set("config", JSON.valueToTree(answer.configuration().values()));
            put(task, "claimed_ns", answer.claimedNanos());
            put(task, "now_ns", answer.nowNanos());
            put(task, "difference", answer.drift());
            put(task, "low_ns", answer.low());
            put(task, "high_ns", answer.high());
            put(task, "default_ns", answer.defaultNanos());
            put(task, "noise_floor", answer.noiseFloor());
            task.put("holds", holds(answer));
            task.put("problem", answer.problem().isEmpty() ? null : answer.problem());
        }
        return document.toPrettyString();
    }

    /** A number that is known, else null. */
    private static void put(ObjectNode node, String name, double number) {
        if (Double.isFinite(number)) {
            node.put(name, number);
        } else {
            node.putNull(name);
        }
    }

    void print(PrintWriter out) {
        out.println("Sweep " + sweep + ", its answers timed again, each in a fresh process and against its default");
        if (answers.isEmpty()) {
            out.println("No finished task of it was measured, so there is nothing to verify.");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (Verified answer : answers) {
            boolean timed = answer.problem().isEmpty();
            rows.add(List.of(
                    answer.taskId(),
                    ResultTable.latency(answer.claimedNanos(), true),
                    timed ? ResultTable.latency(answer.nowNanos(), true) : "-",
                    timed ? String.format(Locale.ROOT, "%+.1f %%", 100 * answer.drift()) : "-",
                    timed
                            ? ResultTable.latency(answer.low(), true) + " to "
                                    + ResultTable.latency(answer.high(), true)
                            : "-",
                    timed ? String.format(Locale.ROOT, "%.1f %%", 100 * answer.noiseFloor()) : "-",
                    timed ? ResultTable.latency(answer.defaultNanos(), true) : "-",
                    timed ? (holds(answer) ? "holds" : "DOES NOT HOLD") : "not timed"));
        }
        TextTable.print(
                out,
                List.of("task", "claim", "now", "difference", "95 % interval", "noise", "default now", "verdict"),
                rows);
        answers.stream()
                .filter(answer -> !answer.problem().isEmpty())
                .forEach(answer -> out.println(answer.taskId() + ": " + answer.problem()));
    }
}
