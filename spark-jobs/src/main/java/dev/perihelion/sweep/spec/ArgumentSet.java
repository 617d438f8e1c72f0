package dev.perihelion.sweep.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a kernel is tuned with.
 *
 * @param values VALUE texts by parameter, symbols replaced; empty until an input function was asked
 * @param symbols what the symbols stand for: whole numbers, and short names of dtypes
 * @param priority of the tasks
 * @param line where it stands in the specification, from 1
 * @param column from 1
 */
public record ArgumentSet(
        Optional<Map<String, String>> values, Map<String, Object> symbols, int priority, int line, int column) {

    public ArgumentSet {
        values = values.map(map -> Collections.unmodifiableMap(new LinkedHashMap<>(map)));
        symbols = Collections.unmodifiableMap(new LinkedHashMap<>(symbols));
    }

    ArgumentSet withValues(Map<String, String> given) {
        return new ArgumentSet(Optional.of(given), symbols, priority, line, column);
    }

    SpecMistake mistake(String message) {
        return new SpecMistake(line, column, message);
    }

    /** For messages: the values, or else the symbols, as {@code x=f16[4096], eps=1e-5}. */
    String shown() {
        Map<String, ?> map = values.isPresent() ? values.get() : symbols;
        return map.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
