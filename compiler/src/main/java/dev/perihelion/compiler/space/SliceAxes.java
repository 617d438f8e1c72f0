package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which axes of a known length come from slices of host tensors, as {@code x[tile, :]} has one, and which are lengths
 * alone, as {@code hl.zeros([tile, 64])} and {@code hl.arange(64)} make them. To the reference only the former are
 * reduction dimensions; where both meet in one operation, what comes out is a length alone.
 */
final class SliceAxes {

    private final Set<Long> slices;
    /** For each value the axes that are lengths alone. */
    private final Map<Integer, Set<Integer>> plain = new HashMap<>();

    private final Set<Integer> aranges = new HashSet<>();

    private SliceAxes(Set<Long> slices) {
        this.slices = slices;
    }

    /** The axes of all values of a program, which has slices of these lengths. */
    static SliceAxes of(List<Op> body, Set<Long> slices) {
        SliceAxes axes = new SliceAxes(slices);
        axes.visit(body);
        return axes;
    }

    /** The number of a value's axes that are slices of this length. */
    int count(Operand operand, long extent) {
        List<Dim> shape = operand.type().shape();
        int count = 0;
        for (int axis = 0; axis < shape.size(); axis++) {
            if (shape.get(axis).equals(new Dim.Static(extent)) && !isPlain(operand, axis)) {
                count++;
            }
        }
        return count;
    }

    /** Whether a value has an axis of a known length that is no slice. */
    boolean hasPlain(Operand operand) {
        List<Dim> shape = operand.type().shape();
        for (int axis = 0; axis < shape.size(); axis++) {
            if (shape.get(axis).equals(Dim.ONE) || isPlain(operand, axis)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a load is made at the positions of {@code hl.arange} of this length. */
    boolean isCounted(MemoryOp.Load load, long extent) {
        return load.indices().stream()
                .anyMatch(index -> index instanceof Index.Gather gather
                        && aranges.contains(gather.positions().id())
                        && gather.positions().type().shape().contains(new Dim.Static(extent)));
    }

    private boolean isPlain(Operand operand, int axis) {
        return operand instanceof Value value
                && plain.getOrDefault(value.id(), Set.of()).contains(axis);
    }

    private void visit(List<Op> body) {
        for (Op op : body) {
            if (op instanceof FlowOp.ForTiles loop) {
                carry(loop.carried(), loop.body());
            } else if (op instanceof FlowOp.While loop) {
                carry(loop.carried(), loop.test());
                visit(loop.body());
            } else {
                op.regions().forEach(this::visit);
                visit(op);
            }
        }
    }

    /** What a loop carries keeps the axes that it begins with. */
    private void carry(List<FlowOp.Carried> carried, List<Op> body) {
        for (FlowOp.Carried one : carried) {
            copy(one.initial(), one.argument());
            copy(one.initial(), one.result());
        }
        visit(body);
    }

    private void visit(Op op) {
        if (op instanceof MemoryOp.Load load) {
            load(load);
        } else if (op instanceof CreationOp.Full full) {
            if (full.allocates()) {
                allLengths(full.result());
            }
        } else if (op instanceof CreationOp.Arange arange) {
            aranges.add(arange.result().id());
            allLengths(arange.result());
        } else if (op instanceof FlowOp.If branch) {
            branch.merged().forEach(merged -> copy(merged.thenValue(), merged.result()));
        } else if (op instanceof ShapeOp.ExpandDims expand) {
            moved(expand.operand(), expand.result(), expand.axes());
        } else if (op instanceof ShapeOp.Permute permute) {
            moved(permute.operand(), permute.result(), permute.order());
        } else if (op instanceof AxisOp.Reduce reduce) {
            without(reduce.operand(), reduce.result(), reduce.axis());
        } else if (op instanceof ShapeOp.Join join) {
            same(join.first(), join.result());
        } else if (op instanceof ShapeOp.Split split) {
            same(split.operand(), split.first());
            same(split.operand(), split.second());
        } else if (op instanceof ShapeOp.Reshape reshape) {
            reshape(reshape);
        } else if (op instanceof ProductOp.Dot dot) {
            product(dot.left(), dot.right(), dot.result());
        } else if (op instanceof ProductOp.DotScaled dot) {
            product(dot.left(), dot.right(), dot.result());
        } else {
            op.results().forEach(result -> met(op.operands(), result));
        }
    }

    private void load(MemoryOp.Load load) {
        for (Index index : load.indices()) {
            if (index instanceof Index.Gather gather) {
                for (int i = 0; i < gather.axes().size(); i++) {
                    int axis = gather.axes().get(i);
                    boolean known = load.result().type().shape().get(axis) instanceof Dim.Static length
                            && length.size() > 1
                            && !slices.contains(length.size());
                    if (known && isPlain(gather.positions(), i)) {
                        add(load.result(), axis);
                    }
                }
            }
        }
    }

    private void reshape(ShapeOp.Reshape reshape) {
        List<Dim> from = new ArrayList<>(reshape.operand().type().shape());
        List<Dim> to = reshape.result().type().shape();
        for (int axis = 0; axis < to.size(); axis++) {
            int source = from.indexOf(to.get(axis));
            boolean kept = source >= 0 && !isPlain(reshape.operand(), source);
            if (!kept && to.get(axis) instanceof Dim.Static length && length.size() > 1) {
                add(reshape.result(), axis);
            }
        }
    }

    private void product(Value left, Value right, Value result) {
        int rank = result.type().rank();
        if (isPlain(left, left.type().rank() - 2)) {
            add(result, rank - 2);
        }
        if (isPlain(right, right.type().rank() - 1)) {
            add(result, rank - 1);
        }
    }

    /** An axis is a length alone where it is so in one of the operands; these are aligned at their last axes. */
    private void met(List<Operand> operands, Value result) {
        List<Dim> shape = result.type().shape();
        for (int axis = 0; axis < shape.size(); axis++) {
            for (Operand operand : operands) {
                int own = axis - shape.size() + operand.type().rank();
                if (own >= 0 && operand.type().shape().get(own).equals(shape.get(axis)) && isPlain(operand, own)) {
                    add(result, axis);
                }
            }
        }
    }

    /** The leading axes, as many as both have. */
    private void same(Value operand, Value result) {
        int axes = Math.min(operand.type().rank(), result.type().rank());
        moved(operand, result, IntStream.range(0, axes).boxed().toList());
    }

    private void without(Value operand, Value result, int gone) {
        List<Integer> from = new ArrayList<>();
        for (int axis = 0; axis < operand.type().rank(); axis++) {
            if (axis != gone) {
                from.add(axis);
            }
        }
        moved(operand, result, from);
    }

    /** For each axis of the result the operand's, or -1. */
    private void moved(Operand operand, Value result, List<Integer> from) {
        for (int axis = 0; axis < from.size(); axis++) {
            if (from.get(axis) >= 0 && isPlain(operand, from.get(axis))) {
                add(result, axis);
            }
        }
    }

    private void copy(Operand from, Value to) {
        if (from instanceof Value value && plain.containsKey(value.id())) {
            plain.put(to.id(), plain.get(value.id()));
        }
    }

    private void allLengths(Value value) {
        List<Dim> shape = value.type().shape();
        for (int axis = 0; axis < shape.size(); axis++) {
            if (shape.get(axis) instanceof Dim.Static length && length.size() > 1) {
                add(value, axis);
            }
        }
    }

    private void add(Value value, int axis) {
        plain.computeIfAbsent(value.id(), id -> new HashSet<>()).add(axis);
    }
}
