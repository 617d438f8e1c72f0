package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.syntax.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Refuses a root loop that reads what another one of its phase writes: their programs run in any order. */
final class RootDependencies {

    private RootDependencies() {}

    static void check(Context context, List<RootLoop> roots) {
        Map<String, Integer> writtenInPhase = new HashMap<>();
        Map<String, Integer> storedInPhase = new HashMap<>();
        for (RootLoop root : roots) {
            Operands.walk(root.body(), op -> {
                if (op instanceof MemoryOp.Load load) {
                    refuse(context, load.tensor(), op.span(), writtenInPhase, root.phase());
                } else if (op instanceof MemoryOp.Atomic atomic) {
                    // Atomic changes may come in any order among themselves, but not before a plain store.
                    refuse(context, atomic.tensor(), op.span(), storedInPhase, root.phase());
                } else {
                    op.operands().stream()
                            .filter(Operand.Pointer.class::isInstance)
                            .map(operand -> ((Operand.Pointer) operand).tensor())
                            .forEach(tensor -> refuse(context, tensor, op.span(), writtenInPhase, root.phase()));
                }
            });
            Operands.walk(
                    root.body(),
                    op -> op.writes().forEach(storage -> {
                        writtenInPhase.put(storage, root.phase());
                        if (!(op instanceof MemoryOp.Atomic)) {
                            storedInPhase.put(storage, root.phase());
                        }
                    }));
        }
    }

    private static void refuse(Context context, HostTensor tensor, Span span, Map<String, Integer> written, int phase) {
        if (written.getOrDefault(tensor.storage(), -1) == phase) {
            context.report(context.error(span, MessageKey.LOOP_DEPENDENCY, tensor.name()));
        }
    }
}
