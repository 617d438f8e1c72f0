package dev.perihelion.search.space;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Allows the listed configurations and no other; for recorded tables, and for spaces whose legal points were computed
 * elsewhere. A {@link SearchSpace} with such a list draws from it, so that sparse lists cost no rejected draws.
 */
public final class ListedConfigurations implements Constraint {

    private final List<ParameterName> names;
    private final Set<Configuration> rows;

    /**
     * @param names every parameter of the space
     * @param rows what is allowed, in the order that the space enumerates; a repeated row counts once
     */
    public ListedConfigurations(List<ParameterName> names, List<Configuration> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("A list of configurations needs at least one.");
        }
        this.names = List.copyOf(names);
        this.rows = Collections.unmodifiableSet(new LinkedHashSet<>(rows));
    }

    /** What is allowed, in the given order and without repetition. */
    public Set<Configuration> rows() {
        return rows;
    }

    @Override
    public List<ParameterName> parameters() {
        return names;
    }

    @Override
    public boolean allows(Configuration configuration) {
        return rows.contains(configuration);
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        return rows.contains(configuration)
                ? Optional.empty()
                : Optional.of("Not among the " + rows.size() + " listed configurations: " + configuration + ".");
    }

    /** Empty: {@link SearchSpace#repair} looks for the nearest row itself. */
    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Map.of();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ListedConfigurations that && names.equals(that.names) && rows.equals(that.rows);
    }

    @Override
    public int hashCode() {
        return 31 * names.hashCode() + rows.hashCode();
    }

    @Override
    public String toString() {
        return "ListedConfigurations[" + rows.size() + "]";
    }
}
