package dev.perihelion.search.space;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Bounds a product of whole numbers, for example the elements of one tile.
 *
 * @param names the parameters that are multiplied
 * @param factor multiplied to them: what the fixed dimensions contribute
 * @param limit the largest product allowed
 * @param what the product's meaning for messages, for example {@code elements of a tile}
 */
public record ProductAtMost(List<ParameterName> names, long factor, long limit, String what) implements Constraint {

    public ProductAtMost {
        names = List.copyOf(names);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("A product of " + what + " needs a parameter.");
        }
        if (factor < 1 || limit < 1) {
            throw new IllegalArgumentException(
                    "The factor and the limit of " + what + " are at least 1, not " + factor + " and " + limit + ".");
        }
    }

    @Override
    public List<ParameterName> parameters() {
        return names;
    }

    @Override
    public boolean allows(Configuration configuration) {
        return product(configuration) <= limit;
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        double product = product(configuration);
        if (product <= limit) {
            return Optional.empty();
        }
        String factors = names.stream().map(ParameterName::toString).collect(Collectors.joining(" * "));
        return Optional.of(String.format(
                "`%s` makes %.0f %s, more than %d.",
                factor == 1 ? factors : factor + " * " + factors, product, what, limit));
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Map.of();
    }

    private double product(Configuration configuration) {
        // As a double the product cannot wrap around, and products of powers of two stay exact.
        double product = factor;
        for (ParameterName name : names) {
            product *= configuration.getLong(name);
        }
        return product;
    }
}
