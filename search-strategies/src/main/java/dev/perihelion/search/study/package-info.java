/**
 * Studies: every strategy on every recorded space with many seeds, and what can be said of the results. Nothing here
 * needs a GPU; docs/search.md tells how to read a study.
 */
package dev.perihelion.search.study;
