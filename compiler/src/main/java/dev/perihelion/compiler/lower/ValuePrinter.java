package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ShapeOp;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Prints elementwise operations and operations that move or repeat the axes of values. */
final class ValuePrinter {

    private final DeviceCode device;

    ValuePrinter(DeviceCode device) {
        this.device = device;
    }

    void visitPointwise(ElementwiseOp.Pointwise op) {
        DType computed = op.operands().stream()
                .filter(Value.class::isInstance)
                .map(operand -> operand.type().dtype())
                .filter(dtype -> dtype != DType.BOOL)
                .findFirst()
                .orElse(op.result().type().dtype());
        boolean widen = computed.isHalf() && op.op().compute() == PointwiseOp.Compute.FLOAT32;
        boolean constant = op.operands().stream()
                .skip(op.op().typing() == PointwiseOp.Typing.SELECT ? 1 : 0)
                .noneMatch(Value.class::isInstance);
        String text = op.op().template();
        for (int i = 0; i < op.operands().size(); i++) {
            text = text.replace("{" + i + "}", operand(op, op.operands().get(i), widen, constant));
        }
        boolean narrow = widen && op.result().type().dtype().isHalf();
        device.define(
                op.result(),
                narrow
                        ? "(" + text + ").to("
                                + DeviceCode.triton(op.result().type().dtype()) + ")"
                        : text);
        device.padding.pointwise(op);
        List<Dim> shape = op.result().type().shape();
        device.work.compute(device.elements(shape), Instructions.of(op.op()) * device.held(shape));
    }

    private String operand(ElementwiseOp.Pointwise op, Operand operand, boolean widen, boolean constant) {
        String printed = device.print(operand);
        DType given = operand.type().dtype();
        DType read = widen && given.isHalf() ? DType.FLOAT32 : given;
        if (operand.isNumber()) {
            // Functions need tensors, and take numbers for float32 where operators take them for what they meet.
            boolean argument = op.op().isHelper()
                    || read == DType.FLOAT64 && op.op().template().contains("tl.");
            if (constant || argument) {
                return "tl.full([], " + printed + ", " + DeviceCode.triton(read) + ")";
            }
            return printed.startsWith("-") ? "(" + printed + ")" : printed;
        }
        if (read != given) {
            return printed + ".to(tl.float32)";
        }
        // Triton holds an integer argument in 32 bits where its value fits; Python's numbers do not overflow.
        boolean whole = given == DType.INT64 && op.result().type().dtype() == DType.INT64;
        return (op.op().isHelper() || whole) && device.isArgument(operand)
                ? "tl.cast(" + printed + ", " + DeviceCode.triton(given) + ")"
                : printed;
    }

    void visitCast(ElementwiseOp.Cast op) {
        DType to = op.result().type().dtype();
        device.define(
                op.result(),
                // Scalar arguments may be Python numbers: Triton makes constants of some.
                op.operand().type().isScalar()
                        ? "tl.cast(" + device.print(op.operand()) + ", " + DeviceCode.triton(to) + ")"
                        : to == DType.BOOL
                                ? device.print(op.operand()) + " != 0"
                                : device.print(op.operand()) + ".to(" + DeviceCode.triton(to) + ")");
        device.padding.cast(op);
        device.work.compute(0, device.held(op.result().type().shape()));
    }

    void visitFull(CreationOp.Full op) {
        device.define(op.result(), full(op.result(), device.print(op.fill())));
        device.padding.full(op);
    }

    private String full(Value value, String fill) {
        return device.full(value.type().shape(), fill, value.type().dtype());
    }

    void visitArange(CreationOp.Arange op) {
        long length = device.plan.length(op.result().type().shape().get(0));
        String text = "tl.arange(0, " + length + ")";
        text = op.step() == 1 ? text : text + " * " + op.step();
        device.define(op.result(), op.start() == 0 ? text : op.start() + " + " + text);
    }

    void visitExpandDims(ShapeOp.ExpandDims op) {
        String parts = op.axes().stream().map(axis -> axis < 0 ? "None" : ":").collect(Collectors.joining(", "));
        device.define(op.result(), device.print(op.operand()) + "[" + parts + "]");
        device.padding.moved(op.result(), op.operand(), op.axes());
    }

    void visitPermute(ShapeOp.Permute op) {
        String order = op.order().stream().map(String::valueOf).collect(Collectors.joining(", "));
        device.define(op.result(), "tl.permute(" + device.print(op.operand()) + ", [" + order + "])");
        device.padding.moved(op.result(), op.operand(), op.order());
    }

    void visitBroadcast(ShapeOp.Broadcast op) {
        int rank = op.result().type().rank();
        int offset = rank - op.operand().type().rank();
        List<Integer> from = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            boolean repeats =
                    i < offset || op.operand().type().shape().get(i - offset).equals(Dim.ONE);
            from.add(repeats ? -1 : i - offset);
            if (i >= offset) {
                kept.add(i);
            }
        }
        String operand = offset == 0 ? device.print(op.operand()) : Axes.along(device.print(op.operand()), kept, rank);
        device.define(
                op.result(),
                "tl.broadcast_to(" + operand + ", "
                        + device.shape(op.result().type().shape()) + ")");
        device.padding.moved(op.result(), op.operand(), from);
    }

    void visitReshape(ShapeOp.Reshape op) {
        List<Dim> shape = op.result().type().shape();
        String operand = device.print(op.operand());
        device.define(
                op.result(),
                op.operand().type().isScalar()
                        ? device.full(shape, operand, op.result().type().dtype())
                        : "tl.reshape(" + operand + ", " + device.shape(shape) + ")");
        device.padding.reshape(op);
    }

    void visitJoin(ShapeOp.Join op) {
        device.define(op.result(), "tl.join(" + device.print(op.first()) + ", " + device.print(op.second()) + ")");
        device.padding.join(op);
    }

    void visitSplit(ShapeOp.Split op) {
        device.line(device.name(op.first()) + ", " + device.name(op.second()) + " = tl.split("
                + device.print(op.operand()) + ")");
        device.padding.split(op);
    }

    void visitBitcast(ElementwiseOp.Bitcast op) {
        device.define(
                op.result(),
                device.print(op.operand()) + ".to("
                        + DeviceCode.triton(op.result().type().dtype()) + ", bitcast=True)");
        device.padding.bitcast(op);
    }
}
