package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.ProductOp;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells where {@code tl.range(flatten=True)} around other loops can be trusted. On an H100, Triton 3.6 gave wrong results with
 * it for attention kernels in persistent form: several products in the inner loop, loads before it, three to five stages.
 * Kernels of one product were right.
 */
final class Flattening {

    private Flattening() {}

    /** Whether a loop with this body may be flattened: it has no loops inside, or these have one product at most. */
    static boolean isTrusted(List<Op> body) {
        AtomicInteger products = new AtomicInteger();
        Operands.walk(body, op -> {
            if (op instanceof ProductOp.Dot || op instanceof ProductOp.DotScaled) {
                products.incrementAndGet();
            }
        });
        boolean loadsFirst = body.stream().anyMatch(MemoryOp.Load.class::isInstance);
        boolean loops = body.stream().anyMatch(op -> !op.regions().isEmpty());
        return !loops || products.get() == 0 || products.get() == 1 && !loadsFirst;
    }
}
