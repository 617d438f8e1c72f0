package dev.perihelion.compiler.lower;

/**
 * How many turns of a loop are under way at once.
 *
 * @param stages turns, of which the first ones load
 * @param isExplicit whether the loop itself asks for them; then loads that feed no product are pipelined too
 * @param copies of the body that one turn has
 */
record Pipeline(long stages, boolean isExplicit, long copies) {

    /** No loop, or one whose turns follow each other. */
    static final Pipeline NONE = new Pipeline(1, false, 1);
}
