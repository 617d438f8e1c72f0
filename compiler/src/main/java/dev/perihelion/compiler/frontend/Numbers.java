package dev.perihelion.compiler.frontend;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Python's functions on numbers that are known now, and what is known of numbers that only the launch knows. */
final class Numbers {

    private Numbers() {}

    /** Rounding and the like; empty where an argument is not known. */
    static Optional<Item> call(String name, List<Item> arguments) {
        List<Number> numbers = new ArrayList<>();
        for (Item item : arguments) {
            if (!(item instanceof Item.Known known && known.value() instanceof Number number)) {
                return Optional.empty();
            }
            numbers.add(number);
        }
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        double x = numbers.get(0).doubleValue();
        boolean whole = numbers.get(0) instanceof Long;
        Object result = switch (name) {
            case "floor" -> whole ? numbers.get(0) : (Object) (long) Math.floor(x);
            case "ceil" -> whole ? numbers.get(0) : (Object) (long) Math.ceil(x);
            case "trunc" -> whole ? numbers.get(0) : (Object) (long) x;
            case "round" -> whole ? numbers.get(0) : (Object) (long) Math.rint(x);
            case "isqrt" ->
                BigInteger.valueOf(numbers.get(0).longValue()).sqrt().longValueExact();
            case "gcd" -> greatestDivisor(numbers);
            case "fabs" -> Math.abs(x);
            case "pow" -> numbers.size() == 2 ? Math.pow(x, numbers.get(1).doubleValue()) : null;
            case "log" ->
                numbers.size() == 2
                        ? (Object) (Math.log(x) / Math.log(numbers.get(1).doubleValue()))
                        : (Object) Math.log(x);
            default -> null;
        };
        boolean rounds = name.equals("round") && numbers.size() > 1;
        return rounds ? Optional.empty() : Optional.ofNullable(result).map(Item.Known::new);
    }

    private static long greatestDivisor(List<Number> numbers) {
        return numbers.stream()
                .map(number -> BigInteger.valueOf(number.longValue()))
                .reduce(BigInteger.ZERO, BigInteger::gcd)
                .longValueExact();
    }

    /** Whether an item is a number of the host. */
    static boolean isNumber(Item item) {
        boolean known = item instanceof Item.Known constant
                && (constant.value() instanceof Number || constant.value() instanceof Boolean);
        return known || item instanceof Item.Runtime || item instanceof Item.Sized;
    }

    static boolean isFloating(Item item) {
        return item instanceof Item.Runtime number
                ? number.dtype().isFloating()
                : item instanceof Item.Known known && known.value() instanceof Double;
    }

    /** What a function of numbers is for the arguments at hand; empty where one of them is not known. */
    static Optional<Item.Given> given(List<Item> operands, Function<List<Object>, Object> function) {
        Map<String, Object> parameters = new TreeMap<>();
        List<Object> values = new ArrayList<>();
        for (Item operand : operands) {
            if (operand instanceof Item.Known known) {
                values.add(known.value());
            } else if (operand instanceof Item.Runtime number && number.given().isPresent()) {
                values.add(number.given().get().value());
                parameters.putAll(number.given().get().parameters());
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new Item.Given(function.apply(values), parameters));
    }
}
