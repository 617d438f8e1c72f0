package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Prints matrix products; operands too short for the target's instructions are padded with zeros. */
final class DotPrinter {

    private static final long SHORT_DEPTH = 16;

    private final DeviceCode device;
    private final ReductionPrinter reductions;

    DotPrinter(DeviceCode device, ReductionPrinter reductions) {
        this.device = device;
        this.reductions = reductions;
    }

    /** A text with its lengths in registers. */
    private record Block(String text, List<Long> lengths) {}

    void visitDot(ProductOp.Dot op) {
        int rank = op.left().type().rank();
        Block left = block(operand(op.left(), rank - 1), op.left());
        Block right = block(operand(op.right(), rank - 2), op.right());
        boolean batched = rank == 3;
        // Tensor cores take two axes.
        boolean single =
                batched && device.plan.length(op.result().type().shape().get(0)) == 1;
        if (single) {
            left = flat(left);
            right = flat(right);
        }
        int axes = left.lengths().size();
        DType dtype = op.left().type().dtype();
        left = padded(padded(left, axes - 1, minimumK(dtype)), axes - 2, minimumOuter());
        right = padded(padded(right, axes - 2, minimumK(dtype)), axes - 1, minimumOuter());
        List<Long> lengths = new ArrayList<>(left.lengths());
        lengths.set(axes - 1, right.lengths().get(axes - 1));
        String options = dtype == DType.FLOAT32 ? ", input_precision='" + op.precision() + "'" : "";
        if (op.accumulator().isPresent()) {
            Block start = accumulator(op.accumulator().get(), op, single);
            start = padded(padded(start, axes - 2, minimumOuter()), axes - 1, minimumOuter());
            options = ", acc=" + start.text() + options;
        }
        String out = ", out_dtype=" + DeviceCode.triton(op.result().type().dtype());
        Block product = new Block("tl.dot(" + left.text() + ", " + right.text() + options + out + ")", lengths);
        List<Dim> shape = op.result().type().shape();
        product = cut(product, axes - 2, device.plan.length(shape.get(shape.size() - 2)));
        product = cut(product, axes - 1, device.plan.length(shape.get(shape.size() - 1)));
        device.define(
                op.result(),
                single ? "tl.reshape(" + product.text() + ", " + device.shape(shape) + ")" : product.text());
        ProductCost cost = ProductCost.of(op, device.plan);
        double operations = 2
                * device.elements(shape)
                * device.elements(op.left().type().shape().subList(rank - 1, rank));
        device.work.multiply(operations, cost.halfOperations(), cost.sharedBytes());
        device.work.compute(0, cost.laneOperations());
    }

    void visitDotScaled(ProductOp.DotScaled op) {
        String left = reductions.masked(op.left(), 1, 0);
        String right = reductions.masked(op.right(), 0, 0);
        String start = op.accumulator()
                .map(operand -> ", acc=" + accumulator(operand, op.result()))
                .orElse("");
        device.define(
                op.result(),
                "tl.dot_scaled(" + left + ", " + device.print(op.leftScale()) + ", '" + op.leftFormat() + "', " + right
                        + ", " + device.print(op.rightScale()) + ", '" + op.rightFormat() + "'" + start + ")");
        double packed = op.leftFormat().equals("e2m1") ? 2 : 1;
        double operations = 2
                * packed
                * device.elements(op.result().type().shape())
                * device.elements(op.left().type().shape().subList(1, 2));
        // The units take scaled operands at the rate of float8, twice that of float16; elsewhere they become float16
        // first.
        device.work.multiply(operations, operations / 2, 0);
    }

    private String accumulator(Operand operand, Operand.Value result) {
        return operand.isNumber()
                ? device.full(
                        result.type().shape(),
                        device.print(operand),
                        result.type().dtype())
                : device.print(operand);
    }

    private Block accumulator(Operand operand, ProductOp.Dot op, boolean single) {
        List<Long> lengths =
                op.result().type().shape().stream().map(device.plan::length).toList();
        Block start = new Block(accumulator(operand, op.result()), lengths);
        return single ? flat(start) : start;
    }

    private Block block(String text, Operand.Value value) {
        return new Block(
                text, value.type().shape().stream().map(device.plan::length).toList());
    }

    private Block flat(Block block) {
        List<Long> lengths = block.lengths().subList(1, 3);
        return new Block("tl.reshape(" + block.text() + ", " + lengths + ")", lengths);
    }

    /** An operand with zeros on the padded lanes of its inner axis. */
    private String operand(Operand.Value value, int axis) {
        String text = reductions.masked(value, axis, 0);
        // Products of reshaped operands this short came out wrong too; longer ones were right, and a gather would slow
        // them.
        boolean isShort = device.plan.length(value.type().shape().get(axis)) <= SHORT_DEPTH;
        return isShort ? device.layouts.settled(value, text, axis) : text;
    }

    /** The shortest inner axis that the target's instructions take. */
    private long minimumK(DType dtype) {
        // Triton 3.6 asks for 16 of all types but the 8-bit ones; later versions ask for less of the wide ones.
        return device.plan.target().isCuda() && dtype.bytes() == 1 ? 32 : 16;
    }

    private long minimumOuter() {
        return device.plan.target().isCuda() ? 1 : 16;
    }

    /** Doubles an axis with zeros until it is long enough. */
    private Block padded(Block block, int axis, long minimum) {
        Block result = block;
        while (result.lengths().get(axis) < minimum) {
            int rank = result.lengths().size();
            String name = device.names.fresh("padded");
            String whole = device.names.fresh("operand");
            device.line(whole + " = " + result.text());
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < rank; i++) {
                if (i == axis) {
                    order.add(rank);
                }
                order.add(i);
            }
            List<Long> lengths = new ArrayList<>(result.lengths());
            lengths.set(axis, lengths.get(axis) * 2);
            device.line(name + " = tl.reshape(tl.permute(tl.join(" + whole + ", tl.zeros_like(" + whole + ")), " + order
                    + "), " + lengths + ")");
            result = new Block(name, lengths);
        }
        return result;
    }

    /** Takes the first half of an axis until it is short enough. */
    private Block cut(Block block, int axis, long length) {
        Block result = block;
        while (result.lengths().get(axis) > length) {
            int rank = result.lengths().size();
            List<Long> halves = new ArrayList<>(result.lengths());
            long half = halves.get(axis) / 2;
            halves.set(axis, half);
            List<Long> pairs = new ArrayList<>(halves);
            pairs.add(axis, 2L);
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i <= rank; i++) {
                if (i != axis) {
                    order.add(i);
                }
            }
            order.add(axis);
            String name = device.names.fresh("part");
            String rest = device.names.fresh("rest");
            device.line(name + ", " + rest + " = tl.split(tl.permute(tl.reshape(" + result.text() + ", "
                    + pairs.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]")) + "), " + order
                    + "))");
            result = new Block(name, halves);
        }
        return result;
    }
}
