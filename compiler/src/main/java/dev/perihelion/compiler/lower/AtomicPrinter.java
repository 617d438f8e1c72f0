package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AtomicOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.space.Keys;
import dev.perihelion.compiler.type.DType;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Prints atomic operations on host tensors. */
final class AtomicPrinter {

    private static final Set<DType> WORDS = Set.of(DType.INT32, DType.UINT32, DType.INT64, DType.UINT64);
    /** What the device adds to tiles in memory. */
    private static final Set<DType> ADDED =
            Set.of(DType.INT32, DType.UINT32, DType.UINT64, DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);

    private final DeviceCode device;
    private final MemoryPrinter memory;
    private final BlockAccess blocks;
    private final Set<Integer> read = new HashSet<>();
    private int atomics;

    AtomicPrinter(DeviceCode device, MemoryPrinter memory, BlockAccess blocks) {
        this.device = device;
        this.memory = memory;
        this.blocks = blocks;
        device.ir.roots().forEach(root -> {
            root.preamble().forEach(this::note);
            root.body().forEach(this::note);
        });
    }

    /** Notes which results somebody needs. */
    private void note(Op op) {
        Operands.read(op).forEach(value -> read.add(value.id()));
        op.regions().forEach(region -> region.forEach(this::note));
    }

    void visitAtomic(MemoryOp.Atomic op) {
        List<Dim> shape = op.result().type().shape();
        Object form = device.countsAccesses
                ? device.plan.element(Keys.ATOMIC_INDEXING, atomics++).orElse(Keys.POINTER)
                : Keys.POINTER;
        Optional<String> block = form.equals(Keys.TENSOR_DESCRIPTOR) && mayHaveDescriptor(op)
                ? blocks.atomic(op, typed(op, op.value()))
                : Optional.empty();
        if (block.isPresent()) {
            device.byDescriptor.add(op);
            device.line(block.get());
            count(op, true);
            return;
        }
        String address = memory.address(op.tensor(), op.indices(), shape.size());
        if (PaddingFacts.covered(op.indices()).size() < shape.size()) {
            address = "tl.broadcast_to(" + address + ", " + device.shape(shape) + ")";
        }
        Optional<String> mask = memory.mask(op.tensor(), op.indices(), shape, Optional.empty());
        String order = ", sem='" + op.semantics() + "'";
        if (op.op() == AtomicOp.CAS) {
            compareAndSwap(op, address, mask, order);
        } else {
            String name = "tl.atomic_" + op.op().name().toLowerCase(Locale.ROOT);
            String value = typed(op, op.value());
            device.define(
                    op.result(),
                    name + "(" + address + ", " + value
                            + mask.map(text -> ", mask=" + text).orElse("") + order + ")");
        }
        count(op, false);
    }

    private void count(MemoryOp.Atomic op, boolean byDescriptor) {
        AccessCost cost = AccessCost.of(
                device, op.tensor(), op.indices(), op.result().type().shape(), byDescriptor);
        device.work.read(cost);
        device.work.write(cost);
    }

    /** Whether the device does the operation on tiles; these give nothing back, and order nothing. */
    private boolean mayHaveDescriptor(MemoryOp.Atomic op) {
        DType dtype = op.tensor().dtype();
        boolean known = switch (op.op()) {
            case ADD -> ADDED.contains(dtype);
            case AND, OR, XOR, MAX, MIN -> WORDS.contains(dtype);
            case XCHG, CAS -> false;
        };
        return known
                && op.semantics().equals("relaxed")
                && !read.contains(op.result().id());
    }

    /** Triton has no mask for it: lanes outside ask the tensor's first element to stay what it is. */
    private void compareAndSwap(MemoryOp.Atomic op, String address, Optional<String> mask, String order) {
        String expected = typed(op, op.expected().orElseThrow());
        String value = typed(op, op.value());
        if (mask.isPresent()) {
            String condition = device.nameBeside(op.result(), "_mask");
            device.line(condition + " = tl.broadcast_to(" + mask.get() + ", "
                    + device.shape(op.result().type().shape()) + ")");
            address = "tl.where(" + condition + ", " + address + ", " + device.tensor(op.tensor()) + ")";
            expected = "tl.where(" + condition + ", " + expected + ", 0)";
            value = "tl.where(" + condition + ", " + value + ", 0)";
        }
        device.define(op.result(), "tl.atomic_cas(" + address + ", " + expected + ", " + value + order + ")");
    }

    private String typed(MemoryOp.Atomic op, Operand operand) {
        return operand.isNumber()
                ? device.full(
                        op.result().type().shape(),
                        device.print(operand),
                        op.tensor().dtype())
                : device.print(operand);
    }
}
