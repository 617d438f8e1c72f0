/** The driver's side of a sweep: the loop, its Spark jobs, and what becomes of their reports. */
package dev.perihelion.sweep.run;
