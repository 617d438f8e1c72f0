package dev.perihelion.sweep.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** One row as it was read: a value for each column that is there. */
public record Row(Map<String, Object> values) {

    String text(String column) {
        return (String) values.get(column);
    }

    Optional<String> optionalText(String column) {
        return Optional.ofNullable((String) values.get(column));
    }

    long whole(String column) {
        return (Long) values.get(column);
    }

    double number(String column) {
        return (Double) values.get(column);
    }

    OptionalDouble optionalNumber(String column) {
        return values.get(column) instanceof Double value ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    boolean has(String column) {
        return values.containsKey(column);
    }

    List<Double> numbers(String column) {
        return values.get(column) instanceof List<?> list
                ? list.stream().map(Double.class::cast).toList()
                : List.of();
    }

    Instant time(String column) {
        return (Instant) values.get(column);
    }

    Optional<Instant> optionalTime(String column) {
        return Optional.ofNullable((Instant) values.get(column));
    }
}
