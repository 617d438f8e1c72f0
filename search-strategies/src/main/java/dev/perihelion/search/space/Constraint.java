package dev.perihelion.search.space;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What values may stand together. A constraint looks at its {@link #parameters()} and at nothing else. */
public interface Constraint {

    /** The parameters that it looks at. */
    List<ParameterName> parameters();

    /** Why the configuration breaks this constraint, as a full sentence; empty where it does not. */
    Optional<String> violation(Configuration configuration);

    /** Whether {@link #violation} is empty; where searches ask often, this answers without a sentence. */
    default boolean allows(Configuration configuration) {
        return violation(configuration).isEmpty();
    }

    /**
     * The values that would heal a broken constraint without a choice to make: a parameter that has no meaning beside the
     * other values gets its neutral value. Empty where several ways lead out.
     */
    Map<ParameterName, Object> remedy(Configuration configuration);
}
