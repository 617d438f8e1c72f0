package dev.perihelion.search.sim;

/**
 * When a simulated search ends. It also ends when the strategy has nothing more to try.
 *
 * @param evaluations most configurations that are told, failures included and duplicates left out
 * @param seconds of virtual time after which nothing new begins; infinite for no limit
 * @param stopAtBest whether to end once nothing can improve: the best known configuration is the incumbent, or no faster one
 *     would show as faster in this run's measurements
 */
public record Limits(long evaluations, double seconds, boolean stopAtBest) {

    public Limits {
        if (evaluations < 1 || !(seconds > 0)) {
            throw new IllegalArgumentException("A simulated search needs at least 1 evaluation and some time, not "
                    + evaluations + " and " + seconds + " s.");
        }
    }

    /** No limit but this many evaluations, or the best known configuration. */
    public static Limits evaluations(long evaluations) {
        return new Limits(evaluations, Double.POSITIVE_INFINITY, true);
    }
}
