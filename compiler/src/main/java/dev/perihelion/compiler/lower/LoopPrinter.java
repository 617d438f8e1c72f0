package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Prints loops and branches. */
final class LoopPrinter {

    private final DeviceCode device;
    /** The names under which values are handed from turn to turn where they lack an axis. */
    private final Map<Value, String> folded = new HashMap<>();

    private final ReductionPrinter reductions;
    private final Consumer<Op> printer;

    LoopPrinter(DeviceCode device, ReductionPrinter reductions, Consumer<Op> printer) {
        this.device = device;
        this.reductions = reductions;
        this.printer = printer;
    }

    void visitForTiles(FlowOp.ForTiles op) {
        begin(op.carried(), true);
        WorkCounter.Region before = device.work.enter(1, 1);
        int depth = device.plan.isFlattened(op.axes()) ? flat(op) : nest(op);
        op.carried().forEach(this::unfold);
        op.body().forEach(printer);
        carryOver(op.carried(), op.axes().stream().map(TileAxis::block).collect(Collectors.toSet()));
        for (int i = 0; i < depth; i++) {
            device.code.dedent();
        }
        op.axes().forEach(device.axes::leave);
        device.work.leave(before);
        end(op.carried());
    }

    /** How many turns of a loop have their loads under way at once; a loop that is written out has none behind another. */
    private double together(FlowOp.ForTiles op) {
        List<TileAxis> axes = op.axes();
        return device.plan.isStatic(axes)
                ? Math.max(1, axes.stream().mapToDouble(device.axes::turns).reduce(1, (a, b) -> a * b))
                : device.plan.pipeline(axes.get(axes.size() - 1)).together(op.body());
    }

    /** Begins a loop for each axis; returns how many there are. */
    private int nest(FlowOp.ForTiles op) {
        List<TileAxis> axes = op.axes();
        boolean flattens = Flattening.isTrusted(op.body());
        boolean unrolled = device.plan.isStatic(axes);
        for (int position : device.plan.loopOrder(axes)) {
            TileAxis axis = axes.get(position);
            device.axes.enter(axis);
            String bounds = device.axes.bound(axis, axis.begin()) + ", " + device.axes.bound(axis, axis.end()) + ", "
                    + device.plan.step(axis);
            device.line("for " + device.axes.get(axis.block()).begin() + " in "
                    + (unrolled
                            ? "tl.static_range(" + bounds
                            : "tl.range(" + bounds + device.plan.rangeOptions(axis, flattens))
                    + "):");
            device.code.indent();
            device.work.enter(device.axes.turns(axis), together(op));
        }
        axes.forEach(device.axes::printIndex);
        return axes.size();
    }

    /** Begins one loop over all elements of the axes. */
    private int flat(FlowOp.ForTiles op) {
        List<TileAxis> axes = op.axes();
        device.axes.enterFlat(axes);
        long total = axes.stream()
                .mapToLong(axis -> axis.constantLength().orElseThrow())
                .reduce(1, (a, b) -> a * b);
        String begin = device.axes.get(axes.get(0).block()).begin();
        device.line("for " + begin + " in tl.range(0, " + total + ", " + device.plan.flatBlock(axes)
                + device.plan.rangeOptions(axes.get(0), Flattening.isTrusted(op.body())) + "):");
        device.code.indent();
        axes.forEach(axis -> device.work.enter(device.axes.turns(axis), together(op)));
        device.axes.printFlatIndex(axes);
        return 1;
    }

    void visitWhile(FlowOp.While op) {
        begin(op.carried(), false);
        op.test().forEach(printer);
        String condition = device.names.fresh("condition");
        device.line(condition + " = " + device.print(op.condition()));
        device.line("while " + condition + ":");
        device.code.indent();
        op.body().forEach(printer);
        carryOver(op.carried(), Set.of());
        op.test().forEach(printer);
        device.line(condition + " = " + device.print(op.condition()));
        device.code.dedent();
        end(op.carried());
    }

    private void begin(List<FlowOp.Carried> carried, boolean folds) {
        for (FlowOp.Carried value : carried) {
            String initial = typed(value.argument(), value.initial());
            if (folds && isFoldable(value.argument())) {
                String name = device.names.fresh(value.argument().hint());
                folded.put(value.argument(), name);
                device.line(name + " = " + fold(value.argument(), initial));
            } else {
                device.define(value.argument(), initial);
            }
        }
    }

    private void end(List<FlowOp.Carried> carried) {
        for (FlowOp.Carried value : carried) {
            String name = folded.remove(value.argument());
            if (name == null) {
                device.rename(value.result(), device.print(value.argument()));
            } else {
                device.define(value.result(), unfolded(value.argument(), name));
            }
        }
    }

    /**
     * Whether a value is handed on without its first axis, which has one element here. Products take two axes; Triton 3.6
     * fails in its layout passes where a pipelined loop carries an accumulator of three.
     */
    private boolean isFoldable(Value value) {
        List<Dim> shape = value.type().shape();
        return shape.size() == 3 && device.plan.length(shape.get(0)) == 1;
    }

    private String fold(Value value, String text) {
        return "tl.reshape(" + text + ", " + device.shape(value.type().shape().subList(1, 3)) + ")";
    }

    private String unfolded(Value value, String name) {
        return "tl.reshape(" + name + ", " + device.shape(value.type().shape()) + ")";
    }

    private void unfold(FlowOp.Carried value) {
        String name = folded.get(value.argument());
        if (name != null) {
            device.define(value.argument(), unfolded(value.argument(), name));
        }
    }

    /** An operand as a tensor of a value's type: Triton's control flow wants equal types. */
    private String typed(Value value, Operand operand) {
        return operand.isNumber()
                ? device.full(
                        value.type().shape(),
                        device.print(operand),
                        value.type().dtype())
                : device.print(operand);
    }

    /**
     * Hands the carried values to the next turn. Along an axis of the loop's own tile, lanes outside of the tile hand on what
     * they had: the elements that they stand for do not exist in this turn.
     *
     * @param blocks the loop's own tiles
     */
    private void carryOver(List<FlowOp.Carried> carried, Set<Integer> blocks) {
        List<String> targets = new ArrayList<>();
        List<String> values = new ArrayList<>();
        boolean together = false;
        for (FlowOp.Carried value : carried) {
            String before = device.print(value.argument());
            String target = folded.getOrDefault(value.argument(), before);
            String yielded = typed(value.argument(), value.yielded());
            String mask = ownMask(value.argument().type().shape(), blocks);
            targets.add(target);
            String next = mask.isEmpty() ? yielded : "tl.where(" + mask + ", " + yielded + ", " + before + ")";
            values.add(folded.containsKey(value.argument()) ? fold(value.argument(), next) : next);
            together |= !mask.isEmpty();
        }
        // Where one value may be read for another, all are assigned at once.
        together |= values.stream().anyMatch(targets::contains);
        if (targets.isEmpty()) {
            device.line("pass");
        } else if (together) {
            device.line(String.join(", ", targets) + " = " + String.join(", ", values));
        } else {
            for (int i = 0; i < targets.size(); i++) {
                device.line(targets.get(i) + " = " + values.get(i));
            }
        }
    }

    /** The lanes of a value that lie inside of these tiles; empty where all do. */
    private String ownMask(List<Dim> shape, Set<Integer> blocks) {
        List<String> masks = new ArrayList<>();
        for (int axis = 0; axis < shape.size(); axis++) {
            if (shape.get(axis) instanceof Dim.Block block && blocks.contains(block.id())) {
                device.axes.maskOf(shape, axis).ifPresent(masks::add);
            }
        }
        return String.join(" & ", masks);
    }

    void visitIf(FlowOp.If op) {
        List<Value> results = op.merged().stream().map(FlowOp.Merged::result).toList();
        results.forEach(device::name);
        device.line("if " + device.print(op.condition()) + ":");
        branch(
                op.then(),
                results,
                op.merged().stream().map(FlowOp.Merged::thenValue).toList());
        device.line("else:");
        branch(
                op.orElse(),
                results,
                op.merged().stream().map(FlowOp.Merged::elseValue).toList());
    }

    private void branch(List<Op> ops, List<Value> results, List<Operand> values) {
        device.code.indent();
        ops.forEach(printer);
        for (int i = 0; i < results.size(); i++) {
            device.define(results.get(i), typed(results.get(i), values.get(i)));
        }
        device.line("pass");
        device.code.dedent();
    }

    void visitForChunks(FlowOp.ForChunks op) {
        long chunk = device.plan.chunks().get(op.extent());
        for (AxisOp.Reduce partial : op.partials()) {
            DType dtype = partial.operand().type().dtype();
            String fill = ReductionPrinter.number(partial.op().identity(), dtype);
            device.line(reductions.accumulator(partial) + " = "
                    + device.full(partial.operand().type().shape(), fill, dtype));
        }
        String begin = device.names.fresh("chunk_begin");
        String index = device.names.fresh("chunk_index");
        device.line("for " + begin + " in tl.range(0, " + op.extent() + ", " + chunk + "):");
        device.code.indent();
        device.line(index + " = " + begin + " + tl.arange(0, " + chunk + ")");
        device.axes.enterChunk(op.extent(), begin, index);
        WorkCounter.Region before = device.work.enter(
                (double) op.extent() / chunk, device.plan.plainPipeline().together(op.body()));
        op.body().forEach(printer);
        device.work.leave(before);
        device.axes.leaveChunk(op.extent());
        device.code.dedent();
        for (AxisOp.Reduce partial : op.partials()) {
            device.define(partial.result(), ReductionPrinter.reduction(partial, reductions.accumulator(partial)));
            device.work.exchange();
        }
    }
}
