/**
 * Compiling and measuring: the values and interfaces, and the owner of the Python worker processes behind them. Knows
 * neither the compiler nor Spark.
 */
package dev.perihelion.executor;
