package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.DeviceLimits;
import dev.perihelion.compiler.Feasibility;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up what the programs of a kernel need, and says whether the target has it. */
final class Footprint {

    private static final double MOST_ELEMENTS = 1 << 20;
    private static final double MOST_COMPILE_MILLIS = 60_000;
    private static final double START_MILLIS = 150;
    private static final double MILLIS_OF_AN_OPERATION = 0.5;

    private final DeviceCode device;
    private final DeviceLimits limits;
    private final List<String> refusals = new ArrayList<>();
    private final Map<Integer, Op> definitions = new HashMap<>();
    private double elements;
    private long shared;
    private long registers;
    private double operations;

    Footprint(DeviceCode device) {
        this.device = device;
        this.limits = DeviceLimits.of(device.plan.target());
    }

    /** Counts a root loop's program, as it was printed. */
    void program(RootLoop root, List<Op> body) {
        shared = Math.max(shared, new SharedMemory(device).bytes(root, body));
        registers = Math.max(registers, new Registers(device).perThread(body));
        double copies = device.plan.isPersistent()
                ? CompileEffort.copies(device.plan.pipeline(root.axes().get(0)))
                : 1;
        operations += copies * new CompileEffort(device).operations(body);
        visit(body);
    }

    private Op source(Value value) {
        Op op = definitions.get(value.id());
        while (op instanceof ShapeOp.Permute permute) {
            op = definitions.get(permute.operand().id());
        }
        return op;
    }

    private void visit(List<Op> ops) {
        for (Op op : ops) {
            for (Value value : op.results()) {
                definitions.put(value.id(), op);
                elements = Math.max(elements, device.held(value.type().shape()));
            }
            if (op instanceof ProductOp.Dot dot) {
                product(dot);
            }
            op.regions().forEach(this::visit);
        }
    }

    private void product(ProductOp.Dot dot) {
        // A left operand that was not loaded as it is comes from registers.
        boolean computed = !(source(dot.left()) instanceof MemoryOp.Load);
        long least = MatrixUnit.of(dot, device.plan).leastRegisters(computed);
        long most = mostRegisters();
        if (least > most) {
            refusals.add("A product needs at least " + least + " registers of each thread for one instruction; "
                    + device.threads() + " threads leave " + most + ". Take fewer warps or a larger `maxnreg`.");
        }
    }

    /** What the assembler may give to a thread. */
    private long mostRegisters() {
        long share = limits.registers() / device.threads() / 8 * 8;
        return Math.min(Math.min(limits.registersPerThread(), share), device.plan.maxRegisters());
    }

    Feasibility estimate() {
        double compileMillis = START_MILLIS + MILLIS_OF_AN_OPERATION * operations;
        if (elements > MOST_ELEMENTS) {
            refusals.add(
                    0,
                    "A block would have " + (long) elements + " elements, more than Triton's limit of "
                            + (long) MOST_ELEMENTS + ".");
        }
        if (shared > limits.sharedBytes()) {
            refusals.add("Needs at least " + shared + " bytes of shared memory; " + device.plan.target() + " has "
                    + limits.sharedBytes() + " for a program.");
        }
        if (compileMillis > MOST_COMPILE_MILLIS) {
            refusals.add("Compiling would take about " + (long) (compileMillis / 1000)
                    + " s: a thread's program has about " + (long) operations + " operations.");
        }
        return new Feasibility(
                elements / device.threads(),
                shared,
                registers,
                compileMillis,
                refusals.stream().findFirst());
    }
}
