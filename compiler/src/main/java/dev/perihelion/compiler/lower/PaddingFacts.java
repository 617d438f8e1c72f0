package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What is known of a value on lanes that lie outside its tile: for each axis the constant that all such lanes hold, where
 * there is one. A mask is only needed where this is not what the reading operation needs.
 */
final class PaddingFacts {

    private record Axis(int value, int axis) {}

    private final Map<Axis, Double> known = new HashMap<>();

    /** The constant on padded lanes of one axis. */
    OptionalDouble of(Operand operand, int axis) {
        if (operand instanceof Literal literal) {
            return OptionalDouble.of(literal.asDouble());
        }
        if (!(operand instanceof Value value)) {
            return OptionalDouble.empty();
        }
        Double constant = known.get(new Axis(value.id(), axis));
        return constant == null ? OptionalDouble.empty() : OptionalDouble.of(constant);
    }

    void load(MemoryOp.Load op) {
        Set<Integer> covered = new HashSet<>();
        op.indices().forEach(index -> covered.addAll(index.axes()));
        for (int axis : covered) {
            learn(op.result(), axis, 0.0);
        }
    }

    void pointwise(ElementwiseOp.Pointwise op) {
        int rank = op.result().type().rank();
        for (int axis = 0; axis < rank; axis++) {
            double[] constants = new double[op.operands().size()];
            boolean all = true;
            for (int i = 0; i < constants.length && all; i++) {
                Operand operand = op.operands().get(i);
                int own = axis - (rank - operand.type().rank());
                boolean varies = own >= 0 && !operand.type().shape().get(own).equals(Dim.ONE);
                OptionalDouble constant = operand instanceof Literal || varies ? of(operand, own) : uniform(operand);
                all = constant.isPresent();
                constants[i] = constant.orElse(0);
            }
            if (all) {
                OptionalDouble value = op.op().foldConstants(constants);
                boolean exact = Arrays.stream(constants).allMatch(PaddingFacts::isExact);
                if (value.isPresent() && exact && isExact(value.getAsDouble())) {
                    learn(op.result(), axis, value.getAsDouble());
                }
            }
        }
    }

    /** Whether every floating-point type has this number: 0.1 * 10 - 1 is 0 in some types only. */
    private static boolean isExact(double number) {
        return Double.isInfinite(number) || Math.abs(number) <= 32 && number * 8 == Math.rint(number * 8);
    }

    /** The constant that all lanes hold, where a value is a constant everywhere. */
    private OptionalDouble uniform(Operand operand) {
        return operand instanceof Literal literal ? OptionalDouble.of(literal.asDouble()) : of(operand, -1);
    }

    void full(CreationOp.Full op) {
        if (op.fill() instanceof Literal literal) {
            for (int axis = -1; axis < op.result().type().rank(); axis++) {
                learn(op.result(), axis, literal.asDouble());
            }
        }
    }

    void cast(ElementwiseOp.Cast op) {
        // Narrowing may round any other constant.
        for (int axis = -1; axis < op.result().type().rank(); axis++) {
            OptionalDouble constant = of(op.operand(), axis);
            double[] exact = {0, 1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
            boolean survives = constant.isPresent()
                    && Arrays.stream(exact).anyMatch(value -> value == constant.getAsDouble())
                    && (op.result().type().dtype().isFloating() || Double.isFinite(constant.getAsDouble()));
            if (survives) {
                learn(op.result(), axis, constant.getAsDouble());
            }
        }
    }

    void reduce(AxisOp.Reduce op) {
        for (int axis = 0; axis < op.result().type().rank(); axis++) {
            OptionalDouble constant = of(op.operand(), axis < op.axis() ? axis : axis + 1);
            boolean zeroSum = constant.isPresent() && constant.getAsDouble() == 0;
            if (zeroSum) {
                learn(op.result(), axis, 0.0);
            }
        }
    }

    /** For operations that move axes: axis i of the result is axis {@code from[i]} of the operand, or new (-1). */
    void moved(Value result, Operand operand, List<Integer> from) {
        for (int axis = 0; axis < from.size(); axis++) {
            if (from.get(axis) >= 0) {
                int at = axis;
                of(operand, from.get(axis)).ifPresent(constant -> learn(result, at, constant));
            }
        }
    }

    /** Axes that a reshape leaves alone keep their constant; one that all padded lanes share holds for every axis. */
    void reshape(ShapeOp.Reshape op) {
        List<Dim> from = wide(op.operand().type().shape());
        List<Dim> to = wide(op.result().type().shape());
        List<Dim> given = op.operand().type().shape();
        List<Dim> wanted = op.result().type().shape();
        if (from.equals(to)) {
            int at = -1;
            for (int axis = 0; axis < wanted.size(); axis++) {
                if (!wanted.get(axis).equals(Dim.ONE)) {
                    at++;
                    while (given.get(at).equals(Dim.ONE)) {
                        at++;
                    }
                    int target = axis;
                    of(op.operand(), at).ifPresent(constant -> learn(op.result(), target, constant));
                }
            }
            return;
        }
        Set<Double> constants = new HashSet<>();
        for (int axis = 0; axis < given.size(); axis++) {
            if (!given.get(axis).equals(Dim.ONE)) {
                constants.add(of(op.operand(), axis).orElse(Double.NaN));
            }
        }
        if (constants.size() == 1 && !constants.contains(Double.NaN)) {
            for (int axis = 0; axis < wanted.size(); axis++) {
                learn(op.result(), axis, constants.iterator().next());
            }
        }
    }

    private static List<Dim> wide(List<Dim> shape) {
        return shape.stream().filter(dim -> !dim.equals(Dim.ONE)).toList();
    }

    void join(ShapeOp.Join op) {
        for (int axis = 0; axis < op.first().type().rank(); axis++) {
            OptionalDouble first = of(op.first(), axis);
            OptionalDouble second = of(op.second(), axis);
            if (first.isPresent() && first.equals(second)) {
                learn(op.result(), axis, first.getAsDouble());
            }
        }
    }

    void split(ShapeOp.Split op) {
        for (int axis = 0; axis < op.first().type().rank(); axis++) {
            int at = axis;
            of(op.operand(), axis).ifPresent(constant -> {
                learn(op.first(), at, constant);
                learn(op.second(), at, constant);
            });
        }
    }

    /** Zero has the same bits in every type, but for the sign that padded lanes do not have. */
    void bitcast(ElementwiseOp.Bitcast op) {
        for (int axis = 0; axis < op.result().type().rank(); axis++) {
            OptionalDouble constant = of(op.operand(), axis);
            if (constant.isPresent() && Double.doubleToRawLongBits(constant.getAsDouble()) == 0) {
                learn(op.result(), axis, 0.0);
            }
        }
    }

    /** Whether every index of an access varies with an axis, for callers that need a full address. */
    static Set<Integer> covered(List<Index> indices) {
        Set<Integer> covered = new HashSet<>();
        indices.forEach(index -> covered.addAll(index.axes()));
        return covered;
    }

    private void learn(Value value, int axis, double constant) {
        known.put(new Axis(value.id(), axis), constant);
    }
}
