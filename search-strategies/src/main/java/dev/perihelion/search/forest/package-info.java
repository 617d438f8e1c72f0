/**
 * A random forest in plain Java (Breiman, 2001, "Random Forests"): small, deterministic, without native code. The
 * strategies use it as their model of a kernel's latency and of what fails.
 */
package dev.perihelion.search.forest;
