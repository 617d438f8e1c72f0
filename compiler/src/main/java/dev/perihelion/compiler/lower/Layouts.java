package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Knows the values whose elements lie in registers as a reshape left them. Triton 3.6 adds up such values wrongly on an H100
 * for some shapes, as {@code tl.sum(tl.reshape(x, [2, 128]), 1)} of an x of [2, 8, 16]; after a gather of every element
 * from its own place the sums were right for every shape tried, since a gather chooses the layout anew.
 */
final class Layouts {

    private final DeviceCode device;
    private final Set<Integer> reshaped = new HashSet<>();

    Layouts(DeviceCode device) {
        this.device = device;
    }

    /** Learns from an operation that was printed. */
    void learn(Op op) {
        boolean makes = op instanceof ShapeOp.Join || op instanceof ShapeOp.Reshape reshape && moves(reshape);
        boolean keeps = op instanceof ElementwiseOp.Pointwise
                || op instanceof ElementwiseOp.Cast
                || op instanceof ElementwiseOp.Bitcast
                || op instanceof ShapeOp.ExpandDims
                || op instanceof ShapeOp.Permute
                || op instanceof ShapeOp.Broadcast
                || op instanceof ShapeOp.Reshape
                || op instanceof ShapeOp.Split
                || op instanceof AxisOp.Scan;
        boolean given = op.operands().stream().anyMatch(operand -> operand instanceof Value value && isReshaped(value));
        if (makes || keeps && given) {
            op.results().forEach(value -> reshaped.add(value.id()));
        }
    }

    boolean isReshaped(Value value) {
        return reshaped.contains(value.id());
    }

    /** Axes of one element come and go without a move. */
    private boolean moves(ShapeOp.Reshape op) {
        return !longAxes(op.result()).equals(longAxes(op.operand()));
    }

    private List<Long> longAxes(Value value) {
        return value.type().shape().stream()
                .map(device.plan::length)
                .filter(length -> length > 1)
                .toList();
    }

    /** The text of a value, in a layout that an operation along {@code axis} can work with. */
    String settled(Value value, String text, int axis) {
        if (!isReshaped(value)) {
            return text;
        }
        List<Dim> shape = value.type().shape();
        String positions = Axes.along("tl.arange(0, " + device.plan.length(shape.get(axis)) + ")", axis, shape.size());
        return "tl.gather(" + text + ", tl.broadcast_to(" + positions + ", " + device.shape(shape) + "), " + axis + ")";
    }
}
