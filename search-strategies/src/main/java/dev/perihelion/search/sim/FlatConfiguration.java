package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configurations as other tuners know them: one value a key. An element of a list gets a key of its own, {@code key[0]}. */
final class FlatConfiguration {

    private FlatConfiguration() {}

    /** The keys of all configurations of a space. */
    static List<String> keys(SearchSpace space) {
        return List.copyOf(of(space.defaultConfiguration()).keySet());
    }

    static Map<String, Object> of(Configuration configuration) {
        Map<String, Object> flat = new LinkedHashMap<>();
        configuration.values().forEach((key, value) -> {
            if (value instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    flat.put(key + "[" + i + "]", list.get(i));
                }
            } else {
                flat.put(key, value);
            }
        });
        return flat;
    }
}
