package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/** Plays the part of the driver: asks, keeps what is pending, tells. */
final class Session {

    private final SearchStrategy strategy;
    private final Set<Configuration> pending = new LinkedHashSet<>();
    private final Map<Configuration, String> origins = new LinkedHashMap<>();
    private final List<Trial> told = new ArrayList<>();

    Session(SearchStrategy strategy) {
        this.strategy = strategy;
    }

    /** Asks for up to {@code count} and takes the answer as pending. */
    List<Configuration> ask(int count) {
        List<Suggestion> suggestions = strategy.ask(count, pending);
        suggestions.forEach(suggestion -> origins.put(suggestion.configuration(), suggestion.origin()));
        List<Configuration> answer =
                suggestions.stream().map(Suggestion::configuration).toList();
        pending.addAll(answer);
        return answer;
    }

    void tell(Configuration configuration, TrialResult result) {
        tell(new Trial(told.size(), configuration, origins.getOrDefault(configuration, "test"), result));
    }

    void tell(Trial trial) {
        pending.remove(trial.configuration());
        told.add(trial);
        strategy.tell(trial);
    }

    /** Asks for one and tells its result, so many times or until nothing is proposed. */
    Session run(int evaluations, Function<Configuration, TrialResult> objective) {
        for (int i = 0; i < evaluations; i++) {
            List<Configuration> next = ask(1);
            if (next.isEmpty()) {
                break;
            }
            tell(next.get(0), objective.apply(next.get(0)));
        }
        return this;
    }

    List<Configuration> pending() {
        return List.copyOf(pending);
    }

    List<Trial> told() {
        return List.copyOf(told);
    }

    /** Where the latest so many proposals came from, whether told or not. */
    List<String> origins(int count) {
        List<String> all = List.copyOf(origins.values());
        return all.subList(all.size() - count, all.size());
    }

    /** The lowest latency told. */
    OptionalDouble bestNanos() {
        return told.stream()
                .filter(trial -> trial.result().latencyNanos().isPresent())
                .mapToDouble(trial -> trial.result().latencyNanos().getAsDouble())
                .min();
    }
}
