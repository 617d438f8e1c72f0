/** The Parquet store of sweeps, tasks and trials; reads and writes without Spark. */
package dev.perihelion.sweep.store;
