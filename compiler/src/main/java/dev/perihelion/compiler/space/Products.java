package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.EscapeOp;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.ProductOp;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a kernel has matrix products. On NVIDIA's devices Triton pipelines the loads of a loop for its products. Without one, only
 * loops that ask for stages themselves are pipelined, and stores by descriptors, which more than two stages do not change (seen with
 * 3.6 and 3.8: equal binaries for 2, 3 and 8 stages; the workers' tests try it).
 */
final class Products {

    private Products() {}

    /** Whether there is a product, or Triton code of the user's in which there may be one. */
    static boolean mayBeIn(KernelIr ir) {
        AtomicBoolean found = new AtomicBoolean();
        Operands.walk(ir.topLevelOps(), op -> {
            if (op instanceof ProductOp || op instanceof EscapeOp.InlineTriton || op instanceof EscapeOp.CallTriton) {
                found.set(true);
            }
        });
        return found.get();
    }
}
