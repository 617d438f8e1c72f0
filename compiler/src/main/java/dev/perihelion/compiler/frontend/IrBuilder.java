package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects operations into the region that is open, and numbers values. */
final class IrBuilder {

    private final Deque<List<Op>> regions = new ArrayDeque<>();
    private final Map<Integer, Op> definitions = new HashMap<>();
    private int nextValue;

    /** Whether device code is being interpreted. */
    boolean onDevice() {
        return !regions.isEmpty();
    }

    /** Runs something outside of device code. */
    <T> T onHost(java.util.function.Supplier<T> body) {
        Deque<List<Op>> open = new ArrayDeque<>(regions);
        regions.clear();
        try {
            return body.get();
        } finally {
            regions.addAll(open);
        }
    }

    /** Opens a region; operations go there until it is closed. */
    void open() {
        regions.push(new ArrayList<>());
    }

    /** Closes the region and hands over its operations. */
    List<Op> close() {
        return regions.pop();
    }

    /** A new value; the lengths of its axes must be known with a configuration. */
    Value value(TensorType type, String hint) {
        Set<Size.Launched> unknown = new LinkedHashSet<>();
        type.shape().forEach(dim -> unknown.addAll(dim.length().launched()));
        if (!unknown.isEmpty()) {
            throw new Specialization(unknown);
        }
        return new Value(nextValue++, type, hint);
    }

    void emit(Op op) {
        regions.element().add(op);
        op.results().forEach(value -> definitions.put(value.id(), op));
    }

    /** The operation that gives a value; none for the arguments of loops and of the kernel. */
    Optional<Op> definition(Value value) {
        return Optional.ofNullable(definitions.get(value.id()));
    }

    /** Whether the innermost region's last operation gives this value. */
    boolean isLast(Value value) {
        List<Op> region = regions.element();
        return !region.isEmpty() && region.get(region.size() - 1).results().contains(value);
    }

    /** How many operations the innermost region holds. */
    int size() {
        return regions.element().size();
    }

    /** Forgets the operations of the innermost region behind the first {@code size}. */
    void truncate(int size) {
        List<Op> region = regions.element();
        region.subList(size, region.size()).clear();
    }
}
