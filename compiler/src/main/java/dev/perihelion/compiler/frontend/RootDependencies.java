package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.RootLoop;
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
                if (op instanceof Op.Load load
                        && writtenInPhase.getOrDefault(load.tensor().name(), -1) == root.phase()) {
                    context.report(context.error(
                            load.span(),
                            MessageKey.LOOP_DEPENDENCY,
                            load.tensor().name()));
                } else if (op instanceof Op.Atomic atomic
                        && storedInPhase.getOrDefault(atomic.tensor().name(), -1) == root.phase()) {
                    context.report(context.error(
                            atomic.span(),
                            MessageKey.LOOP_DEPENDENCY,
                            atomic.tensor().name()));
                }
            });
            Operands.walk(root.body(), op -> {
                if (op instanceof Op.Store store) {
                    writtenInPhase.put(store.tensor().name(), root.phase());
                    storedInPhase.put(store.tensor().name(), root.phase());
                } else if (op instanceof Op.Atomic atomic) {
                    // Atomic changes of one kind may come in any order, so they do not wait for each other.
                    writtenInPhase.put(atomic.tensor().name(), root.phase());
                }
            });
        }
    }
}
