package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads or changes memory of host tensors. */
public sealed interface MemoryOp extends Op {

    /**
     * Reads a block of a host tensor; lanes outside the tensor's tiles read 0.
     *
     * @param indices one for each axis of the tensor
     * @param mask further lanes to leave out, broadcast to the result
     * @param eviction the user's explicit policy, {@code evict_first} or {@code evict_last}
     */
    record Load(
            Value result,
            HostTensor tensor,
            List<Index> indices,
            Optional<Operand> mask,
            Optional<String> eviction,
            Span span)
            implements MemoryOp {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitLoad(this);
        }

        @Override
        public List<Operand> operands() {
            return access(indices, mask);
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    /** Writes a block of a host tensor; lanes outside are left alone. {@code value} has the tensor's dtype. */
    record Store(
            HostTensor tensor, List<Index> indices, List<Dim> shape, Operand value, Optional<Operand> mask, Span span)
            implements MemoryOp {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitStore(this);
        }

        @Override
        public Set<String> writes() {
            return Set.of(tensor.storage());
        }

        @Override
        public boolean hasEffect() {
            return true;
        }

        @Override
        public List<Operand> operands() {
            return Operands.concat(access(indices, mask), List.of(value));
        }

        @Override
        public List<Value> results() {
            return List.of();
        }
    }

    /**
     * Changes elements of a host tensor, each in one step, and gives what they held; lanes outside are left alone.
     *
     * @param value of the tensor's dtype and the accessed block's shape
     * @param expected only for {@link AtomicOp#CAS}: what an element must hold to be changed
     * @param semantics Triton's name of the memory order, as {@code relaxed}
     */
    record Atomic(
            Value result,
            AtomicOp op,
            HostTensor tensor,
            List<Index> indices,
            Operand value,
            Optional<Operand> expected,
            String semantics,
            Span span)
            implements MemoryOp {
        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitAtomic(this);
        }

        @Override
        public Set<String> writes() {
            return Set.of(tensor.storage());
        }

        @Override
        public boolean hasEffect() {
            return true;
        }

        @Override
        public List<Operand> operands() {
            return Operands.concat(access(indices, expected), List.of(value));
        }

        @Override
        public List<Value> results() {
            return List.of(result);
        }
    }

    private static List<Operand> access(List<Index> indices, Optional<Operand> mask) {
        List<Operand> all = new ArrayList<>();
        indices.forEach(index -> all.addAll(index.operands()));
        mask.ifPresent(all::add);
        return all;
    }
}
