/** Results of a sweep, read from the store. */
package dev.perihelion.sweep.results;
