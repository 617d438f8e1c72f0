package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Size;
import java.util.Map;
import java.util.Optional;

/**
 * How long an axis is taken to be where the search space is laid out. Known numbers count; so does the value at hand of
 * an argument, but not of what is computed from it: the reference knows the arguments alone.
 */
final class LengthHints {

    private LengthHints() {}

    /** The length of an axis from 0 to a bound. */
    static long of(Item end) {
        return number(end).orElse(BlockTable.UNKNOWN_LENGTH);
    }

    /** The length of an axis between bounds. */
    static long between(Item begin, Item end) {
        Optional<Long> low = known(begin);
        if (low.equals(Optional.of(0L))) {
            return of(end);
        }
        Optional<Long> high = known(end);
        return low.isPresent() && high.isPresent() ? high.get() - low.get() : BlockTable.UNKNOWN_LENGTH;
    }

    private static Optional<Long> number(Item item) {
        if (item instanceof Item.Runtime runtime
                && runtime.given().isPresent()
                && runtime.given().get().value() instanceof Long value) {
            Map<String, Object> parameters = runtime.given().get().parameters();
            return parameters.size() == 1 && parameters.containsValue(value) ? Optional.of(value) : Optional.empty();
        }
        return known(item);
    }

    private static Optional<Long> known(Item item) {
        if (item instanceof Item.Device device
                && device.operand() instanceof Operand.Literal literal
                && literal.number() instanceof Long number) {
            return Optional.of(number);
        }
        boolean launched = item instanceof Item.Sized sized
                && sized.size().blocks().isEmpty()
                && !sized.size().launched().isEmpty()
                && sized.size().launched().stream().allMatch(Size.Launched::given);
        if (launched) {
            return Optional.of(((Item.Sized) item).size().evaluate(leaf -> BlockTable.UNKNOWN_LENGTH));
        }
        return item instanceof Item.Known known && known.value() instanceof Long number
                ? Optional.of(number)
                : Optional.empty();
    }
}
