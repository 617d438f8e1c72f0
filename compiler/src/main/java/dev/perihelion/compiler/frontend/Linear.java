package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole number of the device program as a sum: tells how long {@code x[begin:begin + 64]} is.
 *
 * @param terms how often each value that is no sum itself is counted; zero counts are left out
 * @param rest what is known once a configuration is chosen
 */
record Linear(Map<Object, Long> terms, Size rest) {

    /** The number of a tile, under whatever value it was asked for. */
    private record TileNumber(int block, CreationOp.TileProperty property) {}

    /** The sum that a number is. */
    static Linear of(Operand operand, IrBuilder builder) {
        if (operand instanceof Literal literal && literal.number() instanceof Long number) {
            return new Linear(Map.of(), Size.of(number));
        }
        if (operand instanceof Operand.Sized sized) {
            return new Linear(Map.of(), sized.size());
        }
        if (!(operand instanceof Value value)) {
            return new Linear(Map.of(operand, 1L), Size.ZERO);
        }
        Optional<Op> definition = builder.definition(value);
        if (definition.isPresent() && definition.get() instanceof CreationOp.TileScalar scalar) {
            return new Linear(Map.of(new TileNumber(scalar.block(), scalar.property()), 1L), Size.ZERO);
        }
        if (definition.isPresent()
                && definition.get() instanceof ElementwiseOp.Cast cast
                && !cast.operand().type().dtype().isFloating()
                && !value.type().dtype().isFloating()) {
            return of(cast.operand(), builder);
        }
        if (definition.isPresent()
                && definition.get() instanceof ElementwiseOp.Pointwise sum
                && sum.operands().size() == 2) {
            return of(sum, builder).orElse(new Linear(Map.of(value, 1L), Size.ZERO));
        }
        return new Linear(Map.of(value, 1L), Size.ZERO);
    }

    private static Optional<Linear> of(ElementwiseOp.Pointwise op, IrBuilder builder) {
        List<Linear> parts =
                op.operands().stream().map(operand -> of(operand, builder)).toList();
        Linear left = parts.get(0);
        Linear right = parts.get(1);
        switch (op.op().name()) {
            case "add" -> {
                return Optional.of(left.plus(right, 1));
            }
            case "sub" -> {
                return Optional.of(left.plus(right, -1));
            }
            case "mul" -> {
                if (right.terms.isEmpty() && right.rest.constant().isPresent()) {
                    return Optional.of(new Linear(Map.of(), Size.ZERO)
                            .plus(left, right.rest.constant().getAsLong()));
                }
                if (left.terms.isEmpty() && left.rest.constant().isPresent()) {
                    return Optional.of(new Linear(Map.of(), Size.ZERO)
                            .plus(right, left.rest.constant().getAsLong()));
                }
                return Optional.empty();
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    /** This and {@code factor} times the other. */
    Linear plus(Linear other, long factor) {
        Map<Object, Long> sum = new HashMap<>(terms);
        other.terms.forEach((term, count) -> sum.merge(term, count * factor, Long::sum));
        sum.values().removeIf(count -> count == 0);
        Size scaled = Size.of(Size.Operation.MULTIPLY, other.rest, Size.of(Math.abs(factor)));
        return new Linear(sum, factor < 0 ? difference(rest, scaled) : Size.of(Size.Operation.ADD, rest, scaled));
    }

    /** {@code a - b}, where {@code a} may be {@code b} plus something. */
    private static Size difference(Size a, Size b) {
        if (a.equals(b)) {
            return Size.ZERO;
        }
        if (a instanceof Size.Computed sum && sum.operation() == Size.Operation.ADD) {
            if (sum.operands().get(0).equals(b)) {
                return sum.operands().get(1);
            }
            if (sum.operands().get(1).equals(b)) {
                return sum.operands().get(0);
            }
        }
        return Size.of(Size.Operation.SUBTRACT, a, b);
    }

    /** A tile whose bounds it depends on. */
    Optional<Integer> tile() {
        return terms.keySet().stream()
                .filter(TileNumber.class::isInstance)
                .map(term -> ((TileNumber) term).block())
                .findFirst();
    }

    /** The tile whose length this is, where it is {@code tile.end - tile.begin}. */
    Optional<Integer> lengthOfTile() {
        if (!rest.equals(Size.ZERO) || terms.size() != 2) {
            return Optional.empty();
        }
        return terms.keySet().stream()
                .filter(term -> term instanceof TileNumber number
                        && number.property() == CreationOp.TileProperty.END
                        && terms.get(term) == 1
                        && terms.getOrDefault(new TileNumber(number.block(), CreationOp.TileProperty.BEGIN), 0L) == -1)
                .map(term -> ((TileNumber) term).block())
                .findFirst();
    }
}
