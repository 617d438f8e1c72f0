package dev.perihelion.sweep.results;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.Speedup;
import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.run.Answer;
import dev.perihelion.sweep.store.TaskRow;
import dev.perihelion.sweep.store.TrialRow;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One tuning task's results.
 *
 * @param id of the task
 * @param row what was asked and how it ended
 * @param trials in the order of their numbers
 */
public record TaskResult(String id, TaskRow row, List<TrialRow> trials) {

    public TaskResult {
        trials = List.copyOf(trials);
    }

    /** Whether latencies are measurements; else they are estimates. */
    public boolean measured() {
        return row.deviceJson().isPresent();
    }

    /** The name of the GPU that timed. */
    public Optional<String> device() {
        return row.deviceJson().map(json -> (String) Json.readObject(json).get("name"));
    }

    /** How many trials ended in which way; outcomes that did not occur are left out. */
    public Map<Outcome, Long> outcomes() {
        Map<Outcome, Long> outcomes = new java.util.EnumMap<>(Outcome.class);
        trials.forEach(trial -> outcomes.merge(trial.result().outcome(), 1L, Long::sum));
        return outcomes;
    }

    /** The default configuration's latency in the search. */
    public OptionalDouble defaultNanos() {
        return first().map(trial -> trial.result().latencyNanos()).orElse(OptionalDouble.empty());
    }

    /** The fastest valid trials, fastest first; duplicates of another are left out. */
    public List<TrialRow> top(int count) {
        return trials.stream()
                .filter(trial -> trial.result().outcome().hasLatency())
                .sorted(Comparator.comparingDouble(
                        trial -> trial.result().latencyNanos().orElseThrow()))
                .limit(count)
                .toList();
    }

    /** The configuration to use. */
    public Optional<TaskSummary.Best> best() {
        return Answer.of(top(1).stream().findFirst(), this::trial, first(), confirmation());
    }

    /** How many times as fast the answer is as the default; empty where either is missing. */
    public OptionalDouble speedup() {
        return Speedup.of(confirmation(), defaultNanos(), best());
    }

    /** The last comparison of default and fastest, if there was one. */
    public Optional<Confirmation> confirmation() {
        return row.confirmationJson().map(Confirmation::fromJson);
    }

    /** From the first trial's asking to the last one's end; pauses of a resumed sweep count. */
    public double searchSeconds() {
        if (trials.isEmpty()) {
            return 0;
        }
        var begin = trials.stream()
                .map(TrialRow::askedAt)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        var end = trials.stream()
                .map(TrialRow::finishedAt)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return java.time.Duration.between(begin, end).toNanos() / 1e9;
    }

    private Optional<TrialRow> trial(String trialId) {
        return trials.stream().filter(trial -> trial.id().equals(trialId)).findFirst();
    }

    private Optional<TrialRow> first() {
        return trials.stream().filter(trial -> trial.trial().number() == 0).findFirst();
    }

    Map<String, Object> toJsonMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("task", id);
        map.put("kernel", row.task().kernel());
        map.put("target", row.task().target());
        map.put("device", device().orElse(null));
        map.put("measured", measured());
        map.put("state", row.state());
        map.put("trials", trials.size());
        map.put("search_seconds", searchSeconds());
        map.put("trials_per_second", searchSeconds() > 0 ? trials.size() / searchSeconds() : null);
        Map<String, Object> outcomes = new LinkedHashMap<>();
        outcomes().forEach((outcome, count) -> outcomes.put(outcome.id(), count));
        map.put("outcomes", outcomes);
        map.put(
                "default_latency_ns",
                defaultNanos().isPresent() ? defaultNanos().getAsDouble() : null);
        map.put("best", best().map(TaskResult::bestJson).orElse(null));
        map.put("confirmation", row.confirmationJson().map(Json::readObject).orElse(null));
        map.put("statistics", row.statisticsJson().map(Json::readObject).orElse(null));
        return map;
    }

    private static Map<String, Object> bestJson(TaskSummary.Best best) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("latency_ns", best.latencyNanos());
        map.put("config", best.configuration().values());
        map.put("trial", best.trial());
        return map;
    }
}
