package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.BinaryOperator;
import dev.perihelion.compiler.syntax.CompareOperator;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.UnaryOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Python's operators on values known now. Empty answers mean "not known now". */
final class Constants {

    private Constants() {}

    /** Python's truth of an item. */
    static Optional<Boolean> truth(Item item) {
        if (item instanceof Item.Known known) {
            Object value = known.value();
            if (value instanceof Boolean flag) {
                return Optional.of(flag);
            }
            if (value instanceof Long number) {
                return Optional.of(number != 0);
            }
            if (value instanceof Double number) {
                return Optional.of(number != 0);
            }
            if (value instanceof String text) {
                return Optional.of(!text.isEmpty());
            }
            return Optional.of(value != Expr.Special.NONE);
        }
        if (item instanceof Item.Sequence sequence) {
            return Optional.of(!sequence.items().isEmpty());
        }
        return Optional.empty();
    }

    static Optional<Item> unary(UnaryOperator operator, Item item) {
        if (operator == UnaryOperator.NOT) {
            return truth(item).map(flag -> new Item.Known(!flag));
        }
        if (!(item instanceof Item.Known known)) {
            return Optional.empty();
        }
        Object value = known.value() instanceof Boolean flag ? Long.valueOf(flag ? 1 : 0) : known.value();
        if (value instanceof Long number) {
            return Optional.of(new Item.Known(
                    switch (operator) {
                        case NEGATE -> -number;
                        case INVERT -> ~number;
                        case PLUS, NOT -> number;
                    }));
        }
        if (value instanceof Double number && operator != UnaryOperator.INVERT) {
            return Optional.of(new Item.Known(operator == UnaryOperator.NEGATE ? -number : number));
        }
        return Optional.empty();
    }

    static Optional<Item> binary(BinaryOperator operator, Item left, Item right) {
        if (left instanceof Item.Sequence a && right instanceof Item.Sequence b && operator == BinaryOperator.ADD) {
            List<Item> items = new ArrayList<>(a.items());
            items.addAll(b.items());
            return Optional.of(new Item.Sequence(items, a.isList()));
        }
        if (left instanceof Item.Sequence a
                && right instanceof Item.Known known
                && known.value() instanceof Long times
                && operator == BinaryOperator.MULTIPLY) {
            List<Item> items = new ArrayList<>();
            for (long i = 0; i < times; i++) {
                items.addAll(a.items());
            }
            return Optional.of(new Item.Sequence(items, a.isList()));
        }
        if (left instanceof Item.Sized || right instanceof Item.Sized) {
            return sized(operator, left, right);
        }
        if (!(left instanceof Item.Known a && right instanceof Item.Known b)) {
            return Optional.empty();
        }
        if (a.value() instanceof String x && b.value() instanceof String y && operator == BinaryOperator.ADD) {
            return Optional.of(new Item.Known(x + y));
        }
        Optional<Number> x = number(a.value());
        Optional<Number> y = number(b.value());
        if (x.isEmpty() || y.isEmpty()) {
            return Optional.empty();
        }
        if (x.get() instanceof Long m && y.get() instanceof Long n) {
            return whole(operator, m, n);
        }
        return floating(operator, x.get().doubleValue(), y.get().doubleValue());
    }

    private static final Map<BinaryOperator, Size.Operation> SIZE_ARITHMETIC = Map.of(
            BinaryOperator.ADD, Size.Operation.ADD,
            BinaryOperator.SUBTRACT, Size.Operation.SUBTRACT,
            BinaryOperator.MULTIPLY, Size.Operation.MULTIPLY,
            BinaryOperator.FLOOR_DIVIDE, Size.Operation.FLOOR_DIVIDE,
            BinaryOperator.MODULO, Size.Operation.MODULO,
            BinaryOperator.SHIFT_LEFT, Size.Operation.SHIFT_LEFT,
            BinaryOperator.SHIFT_RIGHT, Size.Operation.SHIFT_RIGHT);

    private static final Map<CompareOperator, Size.Operation> SIZE_COMPARISONS = Map.of(
            CompareOperator.LESS, Size.Operation.LESS,
            CompareOperator.LESS_EQUAL, Size.Operation.LESS_EQUAL,
            CompareOperator.GREATER, Size.Operation.GREATER,
            CompareOperator.GREATER_EQUAL, Size.Operation.GREATER_EQUAL,
            CompareOperator.EQUAL, Size.Operation.EQUAL,
            CompareOperator.NOT_EQUAL, Size.Operation.NOT_EQUAL);

    private static Optional<Item> sized(BinaryOperator operator, Item left, Item right) {
        Optional<Size> a = Attributes.size(left);
        Optional<Size> b = Attributes.size(right);
        Size.Operation operation = SIZE_ARITHMETIC.get(operator);
        return a.isPresent() && b.isPresent() && operation != null
                ? Optional.of(Attributes.item(Size.of(operation, a.get(), b.get())))
                : Optional.empty();
    }

    /** A comparison that a configuration decides; a bool where it is known now. */
    private static Optional<Item> sized(CompareOperator operator, Item left, Item right) {
        Optional<Size> a = Attributes.size(left);
        Optional<Size> b = Attributes.size(right);
        Size.Operation operation = SIZE_COMPARISONS.get(operator);
        if (a.isEmpty() || b.isEmpty() || operation == null) {
            return Optional.empty();
        }
        Size result = Size.of(operation, a.get(), b.get());
        return Optional.of(
                result instanceof Size.Constant constant
                        ? new Item.Known(constant.value() != 0)
                        : new Item.Sized(result));
    }

    private static Optional<Item> whole(BinaryOperator operator, long a, long b) {
        boolean divides = operator == BinaryOperator.FLOOR_DIVIDE
                || operator == BinaryOperator.MODULO
                || operator == BinaryOperator.DIVIDE;
        if (divides && b == 0 || operator == BinaryOperator.MATMUL) {
            return Optional.empty();
        }
        return Optional.of(new Item.Known(
                switch (operator) {
                    case ADD -> a + b;
                    case SUBTRACT -> a - b;
                    case MULTIPLY -> a * b;
                    case FLOOR_DIVIDE -> Math.floorDiv(a, b);
                    case MODULO -> Math.floorMod(a, b);
                    case SHIFT_LEFT -> a << b;
                    case SHIFT_RIGHT -> a >> b;
                    case AND -> a & b;
                    case OR -> a | b;
                    case XOR -> a ^ b;
                    case DIVIDE -> (Object) ((double) a / b);
                    case POWER -> b >= 0 ? (Object) (long) Math.pow(a, b) : (Object) Math.pow(a, b);
                    case MATMUL -> throw new IllegalStateException("Refused above.");
                }));
    }

    private static Optional<Item> floating(BinaryOperator operator, double a, double b) {
        double value = switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case POWER -> Math.pow(a, b);
            case FLOOR_DIVIDE -> Math.floor(a / b);
            case MODULO -> a - b * Math.floor(a / b);
            case SHIFT_LEFT, SHIFT_RIGHT, AND, OR, XOR, MATMUL -> Double.NaN;
        };
        return Double.isNaN(value) ? Optional.empty() : Optional.of(new Item.Known(value));
    }

    static Optional<Item> compare(CompareOperator operator, Item left, Item right) {
        if (left instanceof Item.Sized || right instanceof Item.Sized) {
            Optional<Item> sized = sized(operator, left, right);
            if (sized.isPresent()) {
                return sized;
            }
        }
        if (operator == CompareOperator.IS || operator == CompareOperator.IS_NOT) {
            Optional<Boolean> same = Context.isNone(left) || Context.isNone(right)
                    ? Optional.of(Context.isNone(left) && Context.isNone(right))
                    : equal(left, right);
            return same.map(flag -> new Item.Known(flag == (operator == CompareOperator.IS)));
        }
        if (operator == CompareOperator.EQUAL || operator == CompareOperator.NOT_EQUAL) {
            return equal(left, right).map(flag -> new Item.Known(flag == (operator == CompareOperator.EQUAL)));
        }
        if (operator == CompareOperator.IN || operator == CompareOperator.NOT_IN) {
            return contains(left, right).map(flag -> new Item.Known(flag == (operator == CompareOperator.IN)));
        }
        if (!(left instanceof Item.Known a && right instanceof Item.Known b)) {
            return Optional.empty();
        }
        Optional<Number> x = number(a.value());
        Optional<Number> y = number(b.value());
        if (x.isEmpty() || y.isEmpty()) {
            return Optional.empty();
        }
        int order = x.get() instanceof Long m && y.get() instanceof Long n
                ? Long.compare(m, n)
                : Double.compare(x.get().doubleValue(), y.get().doubleValue());
        return Optional.of(new Item.Known(
                switch (operator) {
                    case LESS -> order < 0;
                    case LESS_EQUAL -> order <= 0;
                    case GREATER -> order > 0;
                    case GREATER_EQUAL -> order >= 0;
                    case EQUAL, NOT_EQUAL, IS, IS_NOT, IN, NOT_IN -> throw new IllegalStateException("Handled above.");
                }));
    }

    private static Optional<Boolean> equal(Item left, Item right) {
        if (left instanceof Item.Known a && right instanceof Item.Known b) {
            Optional<Number> x = number(a.value());
            Optional<Number> y = number(b.value());
            if (x.isPresent() && y.isPresent()) {
                return Optional.of(x.get().doubleValue() == y.get().doubleValue());
            }
            return Optional.of(a.value().equals(b.value()));
        }
        if (left instanceof Item.Fields a && right instanceof Item.Fields b && !a.isTuple() && !b.isTuple()) {
            // Members of an enumeration are told apart by their names.
            boolean members = a.what().startsWith("the member") && b.what().startsWith("the member");
            return members ? Optional.of(a.what().equals(b.what())) : Optional.empty();
        }
        if (left instanceof Item.Sequence a && right instanceof Item.Sequence b) {
            if (a.items().size() != b.items().size()) {
                return Optional.of(false);
            }
            boolean all = true;
            for (int i = 0; i < a.items().size(); i++) {
                Optional<Boolean> same = equal(a.items().get(i), b.items().get(i));
                if (same.isEmpty()) {
                    return same;
                }
                all &= same.get();
            }
            return Optional.of(all);
        }
        return Optional.empty();
    }

    private static Optional<Boolean> contains(Item element, Item sequence) {
        if (!(sequence instanceof Item.Sequence items)) {
            return Optional.empty();
        }
        boolean found = false;
        for (Item item : items.items()) {
            Optional<Boolean> same = equal(element, item);
            if (same.isEmpty()) {
                return same;
            }
            found |= same.get();
        }
        return Optional.of(found);
    }

    private static Optional<Number> number(Object value) {
        if (value instanceof Boolean flag) {
            return Optional.of(flag ? 1L : 0L);
        }
        return value instanceof Number number ? Optional.of(number) : Optional.empty();
    }
}
