package dev.perihelion.compiler.ir;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A whole number that is known once a configuration is chosen: a constant, a block's length, a tunable, a number that the
 * launch passes, or arithmetic on these. Build it with the static methods, which fold constants, so that equal sizes compare equal in the usual cases.
 */
public sealed interface Size {

    Size ZERO = new Constant(0);
    Size ONE = new Constant(1);

    /** A number that no configuration changes. */
    record Constant(long value) implements Size {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** The length of a block. */
    record Block(int id) implements Size {
        @Override
        public String toString() {
            return "block_" + id;
        }
    }

    /** The value of a registered tunable. */
    record Tunable(String name) implements Size {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A number that only the launch knows, as a tensor's extent where shapes are dynamic.
     *
     * @param name the host expression
     * @param hint what it is for the arguments at hand, or a guess; decides bounds and estimates only
     * @param given whether the hint is what it is for the arguments at hand
     */
    record Launched(String name, long hint, boolean given) implements Size {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Arithmetic. */
    record Computed(Operation operation, List<Size> operands) implements Size {
        public Computed {
            operands = List.copyOf(operands);
        }

        @Override
        public String toString() {
            return operation.name().toLowerCase(java.util.Locale.ROOT)
                    + operands.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /** What {@link Computed} does; Python's meaning of each. */
    enum Operation {
        ADD,
        SUBTRACT,
        MULTIPLY,
        FLOOR_DIVIDE,
        MODULO,
        MINIMUM,
        MAXIMUM,
        CEIL_DIVIDE,
        NEXT_POWER_OF_TWO,
        SHIFT_LEFT,
        SHIFT_RIGHT,
        LESS,
        LESS_EQUAL,
        GREATER,
        GREATER_EQUAL,
        EQUAL,
        NOT_EQUAL
    }

    /** A constant. */
    static Size of(long value) {
        return new Constant(value);
    }

    /** Arithmetic, folded as far as the operands are known. */
    static Size of(Operation operation, Size... operands) {
        boolean constant = true;
        long[] values = new long[operands.length];
        for (int i = 0; i < operands.length; i++) {
            OptionalLong value = operands[i].constant();
            constant &= value.isPresent();
            values[i] = value.orElse(0);
        }
        boolean divides = operation == Operation.FLOOR_DIVIDE
                || operation == Operation.MODULO
                || operation == Operation.CEIL_DIVIDE;
        if (constant && !(divides && values[1] == 0)) {
            return new Constant(compute(operation, values));
        }
        return simplified(operation, operands);
    }

    private static Size simplified(Operation operation, Size[] operands) {
        if (operands.length == 2) {
            Size a = operands[0];
            Size b = operands[1];
            boolean oneOnTheRight = b.equals(ONE);
            switch (operation) {
                case ADD -> {
                    if (a.equals(ZERO) || b.equals(ZERO)) {
                        return a.equals(ZERO) ? b : a;
                    }
                }
                case SUBTRACT -> {
                    if (b.equals(ZERO)) {
                        return a;
                    }
                }
                case MULTIPLY -> {
                    if (a.equals(ONE) || oneOnTheRight) {
                        return a.equals(ONE) ? b : a;
                    }
                    if (a instanceof Constant && !(b instanceof Constant)) {
                        return of(operation, b, a);
                    }
                }
                case FLOOR_DIVIDE, CEIL_DIVIDE -> {
                    if (oneOnTheRight || a.equals(b)) {
                        return oneOnTheRight ? a : ONE;
                    }
                    // (x * 6) / 2 is x * 3.
                    if (a instanceof Computed product
                            && product.operation() == Operation.MULTIPLY
                            && product.operands().get(1) instanceof Constant factor
                            && b instanceof Constant divisor
                            && divisor.value() > 0
                            && factor.value() % divisor.value() == 0) {
                        return of(Operation.MULTIPLY, product.operands().get(0), of(factor.value() / divisor.value()));
                    }
                }
                default -> {}
            }
        }
        return new Computed(operation, List.of(operands));
    }

    /** Its value where no configuration changes it. */
    default OptionalLong constant() {
        return this instanceof Constant constant ? OptionalLong.of(constant.value()) : OptionalLong.empty();
    }

    /** Its value for given lengths of blocks and values of tunables; numbers of the launch count as their hints. */
    default long evaluate(Function<Size, Long> leaves) {
        if (this instanceof Constant constant) {
            return constant.value();
        }
        if (this instanceof Launched launched) {
            return launched.hint();
        }
        if (this instanceof Computed computed) {
            long[] values = computed.operands().stream()
                    .mapToLong(operand -> operand.evaluate(leaves))
                    .toArray();
            return compute(computed.operation(), values);
        }
        return leaves.apply(this);
    }

    /** The blocks that it depends on. */
    default Set<Integer> blocks() {
        Set<Integer> blocks = new TreeSet<>();
        if (this instanceof Block block) {
            blocks.add(block.id());
        } else if (this instanceof Computed computed) {
            computed.operands().forEach(operand -> blocks.addAll(operand.blocks()));
        }
        return blocks;
    }

    /** The numbers of the launch that it depends on; where there are any, no module may have its value in it. */
    default Set<Launched> launched() {
        Set<Launched> numbers = new LinkedHashSet<>();
        if (this instanceof Launched number) {
            numbers.add(number);
        } else if (this instanceof Computed computed) {
            computed.operands().forEach(operand -> numbers.addAll(operand.launched()));
        }
        return numbers;
    }

    /** Its Python text; {@code leaves} prints blocks and tunables. */
    default String text(Function<Size, Long> leaves) {
        if (launched().isEmpty()) {
            return Long.toString(evaluate(leaves));
        }
        if (!(this instanceof Computed computed)) {
            return toString();
        }
        List<String> x = computed.operands().stream()
                .map(operand -> operand.text(leaves))
                .toList();
        return switch (computed.operation()) {
            case ADD -> "(" + x.get(0) + " + " + x.get(1) + ")";
            case SUBTRACT -> "(" + x.get(0) + " - " + x.get(1) + ")";
            case MULTIPLY -> "(" + x.get(0) + " * " + x.get(1) + ")";
            case FLOOR_DIVIDE -> "(" + x.get(0) + " // " + x.get(1) + ")";
            case MODULO -> "(" + x.get(0) + " % " + x.get(1) + ")";
            case MINIMUM -> "min(" + x.get(0) + ", " + x.get(1) + ")";
            case MAXIMUM -> "max(" + x.get(0) + ", " + x.get(1) + ")";
            case CEIL_DIVIDE -> "(-(-" + x.get(0) + " // " + x.get(1) + "))";
            case NEXT_POWER_OF_TWO -> "triton.next_power_of_2(max(" + x.get(0) + ", 1))";
            case SHIFT_LEFT -> "(" + x.get(0) + " << " + x.get(1) + ")";
            case SHIFT_RIGHT -> "(" + x.get(0) + " >> " + x.get(1) + ")";
            case LESS -> "(" + x.get(0) + " < " + x.get(1) + ")";
            case LESS_EQUAL -> "(" + x.get(0) + " <= " + x.get(1) + ")";
            case GREATER -> "(" + x.get(0) + " > " + x.get(1) + ")";
            case GREATER_EQUAL -> "(" + x.get(0) + " >= " + x.get(1) + ")";
            case EQUAL -> "(" + x.get(0) + " == " + x.get(1) + ")";
            case NOT_EQUAL -> "(" + x.get(0) + " != " + x.get(1) + ")";
        };
    }

    private static long compute(Operation operation, long[] x) {
        return switch (operation) {
            case ADD -> x[0] + x[1];
            case SUBTRACT -> x[0] - x[1];
            case MULTIPLY -> x[0] * x[1];
            case FLOOR_DIVIDE -> Math.floorDiv(x[0], x[1]);
            case MODULO -> Math.floorMod(x[0], x[1]);
            case MINIMUM -> Math.min(x[0], x[1]);
            case MAXIMUM -> Math.max(x[0], x[1]);
            case CEIL_DIVIDE -> -Math.floorDiv(-x[0], x[1]);
            case NEXT_POWER_OF_TWO -> x[0] <= 1 ? 1 : Long.highestOneBit(x[0] - 1) << 1;
            case SHIFT_LEFT -> x[0] << x[1];
            case SHIFT_RIGHT -> x[0] >> x[1];
            case LESS -> x[0] < x[1] ? 1 : 0;
            case LESS_EQUAL -> x[0] <= x[1] ? 1 : 0;
            case GREATER -> x[0] > x[1] ? 1 : 0;
            case GREATER_EQUAL -> x[0] >= x[1] ? 1 : 0;
            case EQUAL -> x[0] == x[1] ? 1 : 0;
            case NOT_EQUAL -> x[0] != x[1] ? 1 : 0;
        };
    }
}
