package dev.perihelion.sweep.spec;

/**
 * Something in a specification that its author has to change.
 *
 * @param line from 1
 * @param column from 1
 * @param message one or more sentences, saying what to write
 */
public record SpecMistake(int line, int column, String message) {}
