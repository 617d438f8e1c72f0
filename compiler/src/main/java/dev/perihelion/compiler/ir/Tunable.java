package dev.perihelion.compiler.ir;

import java.util.List;

/**
 * A parameter of the search that the user registered.
 *
 * @param name its key in configurations
 * @param kind what values it has
 * @param low the smallest value; for {@link Kind#ENUM} 0
 * @param high the largest value; for {@link Kind#ENUM} 0
 * @param choices the values of an {@link Kind#ENUM}
 * @param standard the default
 */
public record Tunable(String name, Kind kind, long low, long high, List<Long> choices, long standard) {

    /** The reference implementation's fragments of whole numbers. */
    public enum Kind {
        POWER_OF_TWO,
        INTEGER,
        ENUM,
        BOOLEAN
    }

    public Tunable {
        choices = List.copyOf(choices);
    }

    /** The same domain under a name. */
    public Tunable named(String newName) {
        return new Tunable(newName, kind, low, high, choices, standard);
    }
}
