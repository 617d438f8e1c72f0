package dev.perihelion.sweep.run;

import dev.perihelion.search.space.Configuration;
import java.time.Instant;

/**
 * A configuration that was asked for and becomes a trial.
 *
 * @param number of the trial
 * @param configuration to try
 * @param origin who proposed it and why
 * @param askedAfter how many trials had been told
 * @param askSize how many configurations were asked for in the same call
 * @param at when
 */
record Asked(long number, Configuration configuration, String origin, long askedAfter, int askSize, Instant at) {}
