/**
 * Recorded search spaces and what is done with them: strategies run on a table of results in virtual time, which costs
 * no GPU, and are compared by what they found for what they spent.
 */
package dev.perihelion.search.sim;
