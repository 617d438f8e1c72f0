package dev.perihelion.executor;

/**
 * How long a race goes on.
 *
 * @param minRounds rounds before a lane may be eliminated, and the fewest of a race; at least 1
 * @param maxRounds most rounds
 * @param budgetMillis wall time for the rounds, checks not counted; after {@code minRounds} no round starts beyond it
 * @param eliminate whether lanes that are clearly slower than the best leave
 */
public record RacePolicy(int minRounds, int maxRounds, double budgetMillis, boolean eliminate) {

    /** @throws IllegalArgumentException where no race could run under it */
    public RacePolicy {
        if (minRounds < 1 || maxRounds < minRounds || !(budgetMillis >= 0)) {
            throw new IllegalArgumentException(
                    "A race needs from 1 round to at least as many and a time of 0 ms or more, not from " + minRounds
                            + " to " + maxRounds + " rounds in " + budgetMillis + " ms.");
        }
    }
}
