package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.RootLoop;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells where {@code tl.range(flatten=True)} around another loop can be trusted. Triton 3.6 gave wrong results for attention
 * kernels in persistent form on an H100 with it (several products in the inner loop, pipelined, with loads before it);
 * products alone were right.
 */
final class Flattening {

    private Flattening() {}

    /** Whether the loop over the tiles of these roots may be flattened: their inner loops hold one product at most. */
    static boolean isTrusted(List<RootLoop> roots) {
        return roots.stream().allMatch(root -> isBodyTrusted(root.body()));
    }

    private static boolean isBodyTrusted(List<Op> body) {
        AtomicInteger products = new AtomicInteger();
        Operands.walk(body, op -> {
            if (op instanceof Op.Dot) {
                products.incrementAndGet();
            }
        });
        boolean loadsFirst = body.stream().anyMatch(Op.Load.class::isInstance);
        boolean loops = body.stream().anyMatch(op -> !op.regions().isEmpty());
        return !loops || products.get() == 0 || products.get() == 1 && !loadsFirst;
    }
}
