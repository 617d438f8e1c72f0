package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;

/** Counts accesses to host tensors. */
final class AccessCounts {

    private int accesses;
    private int loads;
    private int atomics;

    void add(Op op) {
        if (op instanceof MemoryOp.Load load) {
            accesses++;
            loads += load.eviction().isEmpty() ? 1 : 0;
        } else if (op instanceof MemoryOp.Store) {
            accesses++;
        } else if (op instanceof MemoryOp.Atomic) {
            atomics++;
        }
    }

    int accesses() {
        return accesses;
    }

    int loads() {
        return loads;
    }

    int atomics() {
        return atomics;
    }
}
