package dev.perihelion.search.sim;

import dev.perihelion.search.strategy.SearchStrategy;

/**
 * Runs strategies on recorded results in virtual time. A run is a pure function of strategy, landscape, machine, limits,
 * noise and seed, and takes as long as the strategy thinks.
 *
 * @param landscape what configurations give and cost
 * @param machine what works at the same time
 * @param limits when a run ends
 * @param noise what a measurement shows
 */
public record Simulator(Landscape landscape, SimulatedMachine machine, Limits limits, Noise noise) {

    /**
     * Runs a fresh strategy. As in a tuning task, the default configuration is tried first whatever the strategy says.
     *
     * @param strategy made for this landscape's space
     * @param seed of the measurements' noise
     * @throws IllegalStateException if the strategy proposes what is not legal, or what it was told or waits for
     */
    public Trajectory run(SearchStrategy strategy, long seed) {
        return new SimulatedRun(this, strategy, seed).run();
    }
}
