/**
 * Search space values, trials and strategies. This module knows nothing else of Perihelion: the same strategy runs in a
 * test, in a simulation and on a cluster.
 */
package dev.perihelion.search;
