package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;

/**
 * A configuration that a strategy wants tried.
 *
 * @param configuration a valid point of the strategy's space
 * @param origin who proposes it and why, for example {@code random} or {@code pattern:neighbour}; stored with the trial
 */
public record Suggestion(Configuration configuration, String origin) {}
