package dev.perihelion.sweep;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.search.space.Configuration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a task began with that near tasks had found. These are only proposals: each is checked and measured like any other.
 *
 * @param seeds in the order in which they are tried
 */
public record WarmStart(List<Seed> seeds) {

    /** A task that began with nothing. */
    public static final WarmStart NONE = new WarmStart(List.of());

    /**
     * A configuration to try first.
     *
     * @param configuration fitted to the task's own space
     * @param from the task that found it, as {@code SWEEP/TASK}
     */
    public record Seed(Configuration configuration, String from) {}

    public WarmStart {
        seeds = List.copyOf(seeds);
    }

    /** The configurations, in order. */
    public List<Configuration> configurations() {
        return seeds.stream().map(Seed::configuration).toList();
    }

    /** Who had found this configuration; empty where it is none of the seeds. */
    public Optional<String> from(Configuration configuration) {
        return seeds.stream()
                .filter(seed -> seed.configuration().equals(configuration))
                .map(Seed::from)
                .findFirst();
    }

    /** How many seeds came from which task. */
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        seeds.forEach(seed -> counts.merge(seed.from(), 1, Integer::sum));
        return counts;
    }

    /** The form that is stored: a list of objects with {@code config} and {@code from}. */
    public String toJson() {
        return Json.write(seeds.stream()
                .map(seed -> Map.of("config", seed.configuration().values(), "from", seed.from()))
                .toList());
    }

    /** Reads {@link #toJson()}. */
    public static WarmStart fromJson(String json) {
        return new WarmStart(Json.read(json, new TypeReference<List<Map<String, Object>>>() {}).stream()
                .map(map -> new Seed(
                        Configuration.of(Json.convert(map.get("config"), new TypeReference<Map<String, Object>>() {})),
                        (String) map.get("from")))
                .toList());
    }
}
