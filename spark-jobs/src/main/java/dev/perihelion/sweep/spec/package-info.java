/** Sweep specifications in YAML. */
package dev.perihelion.sweep.spec;
