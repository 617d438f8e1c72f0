/** Recorded search spaces: files of all formats, and those made from the store's trials. */
package dev.perihelion.sweep.spaces;
