package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.ProductOp;
import java.util.List;

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

    /** The assembler writes out so many turns of a loop without products, where nobody asks for more. */
    private static final long WRITTEN_OUT = 4;

    /** How many turns of a loop with this body have their loads under way at once. */
    double together(List<Op> body) {
        boolean multiplies = body.stream().anyMatch(ProductOp.class::isInstance);
        long ahead = stages > 1 && (isExplicit || multiplies) ? stages - 1 : 1;
        // Products wait for shared memory to be filled, so that copies of a turn follow each other.
        return multiplies ? ahead : Math.max(ahead * copies, WRITTEN_OUT);
    }
}
