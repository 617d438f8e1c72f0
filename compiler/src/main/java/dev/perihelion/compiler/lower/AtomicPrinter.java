package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AtomicOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints atomic operations on host tensors. */
final class AtomicPrinter {

    private final DeviceCode device;
    private final MemoryPrinter memory;

    AtomicPrinter(DeviceCode device, MemoryPrinter memory) {
        this.device = device;
        this.memory = memory;
    }

    void visitAtomic(Op.Atomic op) {
        List<Dim> shape = op.result().type().shape();
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
        double bytes = device.elements(shape) * op.tensor().dtype().bytes();
        device.work.read(bytes);
        device.work.write(bytes);
    }

    /** Triton has no mask for it: lanes outside ask the tensor's first element to stay what it is. */
    private void compareAndSwap(Op.Atomic op, String address, Optional<String> mask, String order) {
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

    private String typed(Op.Atomic op, Operand operand) {
        return operand.isNumber()
                ? device.full(
                        op.result().type().shape(),
                        device.print(operand),
                        op.tensor().dtype())
                : device.print(operand);
    }
}
