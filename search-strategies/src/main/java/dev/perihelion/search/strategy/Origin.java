package dev.perihelion.search.strategy;

import java.util.Locale;

/** Which of a plan's points a proposal is the best of. */
enum Origin {
    /** All that the model was asked about. */
    MODEL,
    /** Those one step from the fastest known. */
    NEAR,
    /** Those drawn from the whole space. */
    ANYWHERE;

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
