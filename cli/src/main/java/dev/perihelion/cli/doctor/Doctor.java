package dev.perihelion.cli.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What all checks found.
 *
 * @param results in the order of the checks
 * @param facts what they looked at
 */
public record Doctor(List<Result> results, Facts facts) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A check's name and one of its findings. */
    public record Result(String check, Finding finding) {

        /** {@code ok}, {@code odd} or {@code missing}. */
        public String mark() {
            if (finding instanceof Finding.Ok) {
                return "ok";
            }
            return finding instanceof Finding.Odd ? "odd" : "missing";
        }

        /** What to do; empty where all is well. */
        public String advice() {
            if (finding instanceof Finding.Odd odd) {
                return odd.advice();
            }
            return finding instanceof Finding.Missing missing ? missing.advice() : "";
        }
    }

    /**
     * Gathers facts and judges them; takes as long as Python needs for importing torch and compiling for the targets.
     *
     * @param store where results would go
     * @param targets what to compile a tiny kernel for
     */
    public static Doctor examine(String store, List<String> targets) throws InterruptedException {
        ObjectNode facts = new MachineFacts(Path.of("/")).gather(store, System.getenv());
        facts.set("python", PythonFacts.gather(targets));
        return judge(new Facts(facts));
    }

    /** Judges facts. */
    static Doctor judge(Facts facts) {
        List<Result> results = new ArrayList<>();
        for (Check check : Checks.ALL) {
            check.look().apply(facts).forEach(finding -> results.add(new Result(check.name(), finding)));
        }
        return new Doctor(List.copyOf(results), facts);
    }

    /** Whether nothing is missing that tuning needs; a GPU is not needed. */
    public boolean canTune() {
        return results.stream().noneMatch(result -> result.finding() instanceof Finding.Missing);
    }

    /** Whether there is a GPU to measure on, as far as the management library and torch tell. */
    public boolean canMeasure() {
        return canTune()
                && !facts.gpus().isEmpty()
                && facts.number("/python/packages/torch/sees_gpus").orElse(0) > 0;
    }

    /** One document: {@code can_tune}, {@code can_measure}, {@code checks} and {@code facts}. */
    public String toJson() {
        ObjectNode document = JSON.createObjectNode();
        document.put("can_tune", canTune());
        document.put("can_measure", canMeasure());
        ArrayNode checks = document.putArray("checks");
        for (Result result : results) {
            ObjectNode check = checks.addObject();
            check.put("check", result.check());
            check.put("mark", result.mark());
            check.put("found", result.finding().text());
            check.put("advice", result.advice().isEmpty() ? null : result.advice());
        }
        document.set("facts", facts.root());
        return document.toPrettyString();
    }
}
