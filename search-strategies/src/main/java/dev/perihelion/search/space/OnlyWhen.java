package dev.perihelion.search.space;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A parameter that has a meaning only beside some values of another one, and holds its neutral value otherwise; for
 * example a multiplier that only persistent program ids read.
 *
 * @param name the parameter without a meaning of its own
 * @param neutralValue what it holds where it has no meaning; may be {@code null}
 * @param condition the parameter that decides
 * @param allowed the condition's values beside which every value is allowed
 */
public record OnlyWhen(ParameterName name, Object neutralValue, ParameterName condition, Set<Object> allowed)
        implements Constraint {

    public OnlyWhen {
        neutralValue = Configuration.canonical(neutralValue);
        // Sorted, because a set from elsewhere may have another order in each run, and messages show it.
        Set<Object> sorted = new LinkedHashSet<>();
        Parameters.canonical(allowed).stream()
                .sorted(Comparator.comparing(String::valueOf))
                .forEach(sorted::add);
        allowed = Collections.unmodifiableSet(sorted);
        if (name.equals(condition)) {
            throw new IllegalArgumentException("`" + name + "` cannot be its own condition.");
        }
    }

    @Override
    public List<ParameterName> parameters() {
        return List.of(name, condition);
    }

    @Override
    public boolean allows(Configuration configuration) {
        return Objects.equals(configuration.get(name), neutralValue) || allowed.contains(configuration.get(condition));
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        if (allows(configuration)) {
            return Optional.empty();
        }
        return Optional.of("`" + name + "` must be " + neutralValue + ", not " + configuration.get(name) + ", where `"
                + condition + "` is " + configuration.get(condition) + "; other values need one of " + allowed + ".");
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Collections.singletonMap(name, neutralValue);
    }
}
