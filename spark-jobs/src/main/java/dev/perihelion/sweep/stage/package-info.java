/** What runs inside Spark tasks, and the per-process owners of workers and analyses that it uses. */
package dev.perihelion.sweep.stage;
