package dev.perihelion.search.trial;

import dev.perihelion.search.space.Configuration;

/**
 * A configuration that was tried, and what came of it.
 *
 * @param number counts the trials of one tuning task from 0, in the order they were asked for
 * @param configuration what was tried
 * @param origin who proposed it and why, for example {@code pattern:neighbour}
 * @param result how it ended
 */
public record Trial(long number, Configuration configuration, String origin, TrialResult result) {}
