/**
 * Strategies that say what to try next. One strategy is one class and one line in {@link
 * dev.perihelion.search.strategy.Strategies}; its test inherits the strategy contract.
 */
package dev.perihelion.search.strategy;
