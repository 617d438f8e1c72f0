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
        for (RootLoop root : roots) {
            Operands.walk(root.body(), op -> {
                if (op instanceof Op.Load load
                        && writtenInPhase.getOrDefault(load.tensor().storage(), -1) == root.phase()) {
                    context.report(context.error(
                            load.span(),
                            MessageKey.LOOP_DEPENDENCY,
                            load.tensor().name()));
                }
            });
            Operands.walk(root.body(), op -> op.writes().forEach(storage -> writtenInPhase.put(storage, root.phase())));
        }
    }
}
