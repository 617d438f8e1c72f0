package dev.perihelion.compiler;

/**
 * A standalone Triton module.
 *
 * @param text the Python source; the same input gives the same text
 * @param sha256 of the text without its comment header, in hexadecimal: equal programs have equal hashes whatever
 *     configuration they came from
 * @param work what one call does
 * @param feasibility what a program needs, and whether the target has it
 */
public record GeneratedModule(String text, String sha256, WorkEstimate work, Feasibility feasibility) {}
