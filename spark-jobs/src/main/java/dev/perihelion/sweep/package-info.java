/**
 * Sweeps: what to tune, the Spark driver loop that tunes it, the Parquet store of the results, and what leaves it. The only
 * module that sees Spark.
 */
package dev.perihelion.sweep;
