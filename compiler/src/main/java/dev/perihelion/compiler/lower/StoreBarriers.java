package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the loads that read what the same program stored before, perhaps in another thread: a barrier must stand in front
 * of them. The body of a loop also comes after itself.
 */
final class StoreBarriers {

    private final Set<Integer> loads = new HashSet<>();

    StoreBarriers(KernelIr ir) {
        ir.roots().forEach(root -> region(root.body(), new HashSet<>()));
    }

    /** Whether a barrier is needed in front of a load. */
    boolean isNeededBefore(Op.Load load) {
        return loads.contains(load.result().id());
    }

    /** Goes through a region; {@code stored} holds the tensors that were written since the last barrier. */
    private void region(List<Op> body, Set<String> stored) {
        for (Op op : body) {
            if (op instanceof Op.Load load && stored.contains(load.tensor().storage())) {
                loads.add(load.result().id());
                stored.clear();
            } else if (op instanceof Op.If branch) {
                Set<String> otherwise = new HashSet<>(stored);
                region(branch.then(), stored);
                region(branch.orElse(), otherwise);
                stored.addAll(otherwise);
            } else if (!op.regions().isEmpty()) {
                stored.addAll(writtenIn(op));
                op.regions().forEach(inner -> region(inner, stored));
                // Of no turns, nothing is known of its barriers.
                stored.addAll(writtenIn(op));
            }
            stored.addAll(op.writes());
        }
    }

    private static Set<String> writtenIn(Op op) {
        Set<String> written = new HashSet<>();
        op.regions().forEach(region -> Operands.walk(region, inner -> written.addAll(inner.writes())));
        return written;
    }
}
