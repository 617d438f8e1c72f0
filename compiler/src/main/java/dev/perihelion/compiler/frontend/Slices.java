package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.Optional;
import java.util.stream.Stream;

/** Works out what slices of host tensors cover. */
final class Slices {

    private static final Literal ZERO = new Literal(0L, DType.INT64);

    private final Context context;
    private final DeviceOps ops;

    Slices(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    /**
     * The positions that a slice names along an axis of a tensor. Bounds that are constants mean what they do in Python;
     * others must be at least 0 and a length apart that is known with a configuration.
     */
    Index.Range range(HostTensor tensor, int axis, Item.Slice slice, int resultAxis, Span span) {
        Size whole = tensor.shape().get(axis);
        if (slice.lower().isEmpty() && slice.upper().isEmpty() && slice.step().isEmpty()) {
            return new Index.Range(ZERO, Dim.of(whole), 1, resultAxis);
        }
        long step = slice.step().map(item -> step(item, span)).orElse(1L);
        Operand lower = slice.lower().map(item -> bound(item, span)).orElse(ZERO);
        Operand upper = slice.upper().map(item -> bound(item, span)).orElse(new Operand.Sized(whole, DType.INT64));
        boolean counts =
                Stream.of(lower, upper).anyMatch(bound -> constant(bound).orElse(0L) < 0);
        if (counts && !whole.launched().isEmpty()) {
            throw new Specialization(whole.launched());
        }
        if (whole.constant().isPresent()) {
            long size = whole.constant().getAsLong();
            lower = clamped(lower, size);
            upper = clamped(upper, size);
        }
        Linear length = Linear.of(upper, context.builder).plus(Linear.of(lower, context.builder), -1);
        Optional<Integer> tile = length.lengthOfTile();
        if (tile.isPresent() && step == 1) {
            return new Index.Range(position(lower, span), new Dim.Block(tile.get()), 1, resultAxis);
        }
        if (!length.terms().isEmpty()) {
            throw context.error(span, MessageKey.SLICE_LENGTH);
        }
        Size count = Size.of(Size.Operation.CEIL_DIVIDE, length.rest(), Size.of(step));
        if (count.constant().isPresent()) {
            count = Size.of(Math.max(0, count.constant().getAsLong()));
        }
        return new Index.Range(position(lower, span), Dim.of(count), step, resultAxis);
    }

    private static Operand clamped(Operand bound, long size) {
        Optional<Long> constant = constant(bound);
        if (constant.isEmpty()) {
            return bound;
        }
        long counted = constant.get() < 0 ? constant.get() + size : constant.get();
        return new Literal(Math.max(0, Math.min(size, counted)), DType.INT64);
    }

    private static Optional<Long> constant(Operand operand) {
        if (operand instanceof Literal literal && literal.number() instanceof Long number) {
            return Optional.of(number);
        }
        return operand instanceof Operand.Sized sized && sized.size().constant().isPresent()
                ? Optional.of(sized.size().constant().getAsLong())
                : Optional.empty();
    }

    private Operand position(Operand lower, Span span) {
        return lower.isNumber() ? lower : ops.cast(lower, lower.type().dtype(), span);
    }

    private Operand bound(Item item, Span span) {
        if (item instanceof Item.Tile || item instanceof Item.Sequence) {
            throw context.error(span, MessageKey.BAD_INDEX, "a slice bound that is " + item.describe());
        }
        Operand operand = context.operand(item, span);
        if (!operand.type().isScalar() || operand.type().dtype().category() != DType.Category.INTEGER) {
            throw context.error(span, MessageKey.BAD_INDEX, "a slice bound that is " + item.describe());
        }
        return operand;
    }

    private long step(Item item, Span span) {
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            if (number < 1) {
                throw context.error(span, MessageKey.BAD_INDEX, "a slice with step " + number);
            }
            return number;
        }
        throw context.error(span, MessageKey.BAD_INDEX, "a slice with a step that is " + item.describe());
    }
}
