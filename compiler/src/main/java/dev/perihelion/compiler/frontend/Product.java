package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Size;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A size as a product, so that sizes compare equal whatever the order of their factors.
 *
 * @param numerator and {@code denominator} the constant factor, without common factors
 * @param powers how often each other factor counts, by its text; none with 0
 */
record Product(long numerator, long denominator, Map<String, Integer> powers, Map<String, Size> factors) {

    static Product of(Size size) {
        if (size.constant().isPresent()) {
            return new Product(size.constant().getAsLong(), 1, Map.of(), Map.of());
        }
        if (size instanceof Size.Computed computed && computed.operation() == Size.Operation.MULTIPLY) {
            return of(computed.operands().get(0)).times(of(computed.operands().get(1)));
        }
        if (size instanceof Size.Computed computed
                && (computed.operation() == Size.Operation.FLOOR_DIVIDE
                        || computed.operation() == Size.Operation.CEIL_DIVIDE)
                && computed.operands().get(0).blocks().size() > 0
                && computed.operands().get(1).constant().orElse(0) > 0) {
            // Blocks are powers of two: halves and quarters of them are whole.
            return of(computed.operands().get(0))
                    .over(of(computed.operands().get(1)))
                    .orElseThrow();
        }
        return new Product(1, 1, Map.of(size.toString(), 1), Map.of(size.toString(), size));
    }

    Product times(Product other) {
        return combined(other, 1, numerator * other.numerator, denominator * other.denominator);
    }

    /** The quotient; none for a division by zero. */
    Optional<Product> over(Product other) {
        return other.numerator == 0
                ? Optional.empty()
                : Optional.of(combined(other, -1, numerator * other.denominator, denominator * other.numerator));
    }

    private Product combined(Product other, int sign, long top, long bottom) {
        Map<String, Integer> sum = new TreeMap<>(powers);
        other.powers.forEach((name, count) -> sum.merge(name, sign * count, Integer::sum));
        sum.values().removeIf(count -> count == 0);
        Map<String, Size> all = new TreeMap<>(factors);
        all.putAll(other.factors);
        all.keySet().retainAll(sum.keySet());
        long common = gcd(top, bottom);
        return new Product(top / common, bottom / common, sum, all);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? Math.max(1, Math.abs(a)) : gcd(b, a % b);
    }

    boolean isOne() {
        return numerator == denominator && powers.isEmpty();
    }

    /** Whether it is a whole number as far as can be told: no factor is divided by. */
    boolean isWhole() {
        return powers.values().stream().allMatch(count -> count > 0) && (denominator == 1 || !powers.isEmpty());
    }

    /** As a size again. */
    Size size() {
        Size result = Size.ONE;
        for (Map.Entry<String, Integer> power : powers.entrySet()) {
            for (int i = 0; i < power.getValue(); i++) {
                result = Size.of(Size.Operation.MULTIPLY, result, factors.get(power.getKey()));
            }
        }
        result = Size.of(Size.Operation.MULTIPLY, result, Size.of(numerator));
        return denominator == 1 ? result : Size.of(Size.Operation.FLOOR_DIVIDE, result, Size.of(denominator));
    }
}
