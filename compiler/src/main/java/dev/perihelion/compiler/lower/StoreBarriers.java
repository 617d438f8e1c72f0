package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Finds the accesses that must wait for what other threads of the same program did to the same memory: loads of what was
 * stored, stores over what was stored, and stores over what was loaded at other places. A barrier stands in front of them.
 * The body of a loop also comes after itself.
 */
final class StoreBarriers {

    private final Set<Op> behindBarriers = Collections.newSetFromMap(new IdentityHashMap<>());

    StoreBarriers(KernelIr ir) {
        ir.roots().forEach(root -> region(root.body(), new Since()));
    }

    /** Whether a barrier is needed in front of an operation. */
    boolean isNeededBefore(Op op) {
        return behindBarriers.contains(op);
    }

    /** What was accessed since the last barrier. */
    private static final class Since {
        final Set<Op> accesses = Collections.newSetFromMap(new IdentityHashMap<>());

        Since copy() {
            Since copy = new Since();
            copy.accesses.addAll(accesses);
            return copy;
        }
    }

    private void region(List<Op> body, Since since) {
        for (Op op : body) {
            if (op instanceof FlowOp.If branch) {
                Since otherwise = since.copy();
                region(branch.then(), since);
                region(branch.orElse(), otherwise);
                since.accesses.addAll(otherwise.accesses);
            } else if (!op.regions().isEmpty()) {
                List<Op> inside = new ArrayList<>();
                op.regions().forEach(region -> Operands.walk(region, inside::add));
                since.accesses.addAll(inside);
                op.regions().forEach(inner -> region(inner, since));
                // Of no turns, nothing is known of its barriers.
                since.accesses.addAll(inside);
            } else {
                boolean waits = (op instanceof MemoryOp.Load || op instanceof MemoryOp.Store)
                        && since.accesses.stream().anyMatch(earlier -> mustWait(earlier, op));
                if (waits) {
                    behindBarriers.add(op);
                    since.accesses.clear();
                }
                since.accesses.add(op);
            }
        }
    }

    /**
     * Whether {@code later} may touch what another thread still writes or reads in {@code earlier}. A store that stands in a
     * loop does not wait for itself: its threads have the same lanes in every turn.
     */
    private static boolean mustWait(Op earlier, Op later) {
        if (earlier == later) {
            return false;
        }
        if (later instanceof MemoryOp.Load load) {
            return earlier.writes().contains(load.tensor().storage()) && !Overlap.areApart(earlier, later);
        }
        MemoryOp.Store store = (MemoryOp.Store) later;
        if (earlier instanceof MemoryOp.Load load) {
            // Each lane that stores where it loaded has the value that it loaded.
            return load.tensor().storage().equals(store.tensor().storage())
                    && !load.indices().equals(store.indices())
                    && !Overlap.areApart(earlier, later);
        }
        return earlier.writes().contains(store.tensor().storage()) && !Overlap.areApart(earlier, later);
    }
}
