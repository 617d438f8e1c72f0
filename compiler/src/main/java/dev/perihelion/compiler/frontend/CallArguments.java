package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The arguments of one call, taken by position or name; what nobody took is an error. */
final class CallArguments {

    /** The position of what can only be named. */
    static final int NAMED_ONLY = Integer.MAX_VALUE - 1;

    private final Context context;
    private final String callee;
    private final List<Item> positional;
    private final Map<String, Item> keywords;
    private final Span span;
    private final Set<String> takenNames = new LinkedHashSet<>();
    private int takenPositions;

    CallArguments(Context context, String callee, List<Item> positional, Map<String, Item> keywords, Span span) {
        this.context = context;
        this.callee = callee;
        this.positional = positional;
        this.keywords = keywords;
        this.span = span;
    }

    Span span() {
        return span;
    }

    String callee() {
        return callee;
    }

    List<Item> positional() {
        return positional;
    }

    Map<String, Item> keywords() {
        return keywords;
    }

    /** The argument at a position, or of that name. */
    Optional<Item> optional(int position, String name) {
        takenPositions = Math.max(takenPositions, position == NAMED_ONLY ? 0 : position + 1);
        takenNames.add(name);
        if (position < positional.size()) {
            return Optional.of(positional.get(position));
        }
        return Optional.ofNullable(keywords.get(name));
    }

    Optional<Item> keyword(String name) {
        takenNames.add(name);
        return Optional.ofNullable(keywords.get(name));
    }

    Item required(int position, String name) {
        return optional(position, name)
                .orElseThrow(() -> context.error(span, MessageKey.MISSING_ARGUMENT, callee, name));
    }

    Operand operand(int position, String name) {
        return context.operand(required(position, name), span);
    }

    /** A tensor with axes. */
    Operand.Value tensor(int position, String name) {
        Operand operand = operand(position, name);
        if (operand instanceof Operand.Value value && value.type().rank() > 0) {
            return value;
        }
        throw context.error(span, MessageKey.NEEDS_TENSOR, callee, name);
    }

    Optional<Operand> optionalOperand(int position, String name) {
        return optional(position, name).filter(item -> !Context.isNone(item)).map(item -> context.operand(item, span));
    }

    Optional<Long> optionalInt(int position, String name) {
        return optional(position, name).filter(item -> !Context.isNone(item)).map(item -> {
            if (item instanceof Item.Known known && known.value() instanceof Long number) {
                return number;
            }
            throw context.error(span, MessageKey.NEEDS_CONSTANT, callee, name, item.describe());
        });
    }

    /** One or more constant whole numbers in a list or tuple. */
    List<Long> wholeNumbers(int position, String name) {
        Item item = required(position, name);
        List<Item> elements = item instanceof Item.Sequence sequence ? sequence.items() : List.of(item);
        List<Long> numbers = new ArrayList<>();
        for (Item element : elements) {
            if (!(element instanceof Item.Known known && known.value() instanceof Long number)) {
                throw context.error(span, MessageKey.NEEDS_CONSTANT, callee, name, element.describe());
            }
            numbers.add(number);
        }
        if (numbers.isEmpty()) {
            throw context.error(span, MessageKey.NEEDS_CONSTANT, callee, name, item.describe());
        }
        return numbers;
    }

    Optional<Boolean> optionalBool(int position, String name) {
        return optional(position, name).map(item -> {
            if (item instanceof Item.Known known && known.value() instanceof Boolean flag) {
                return flag;
            }
            throw context.error(span, MessageKey.NEEDS_CONSTANT, callee, name, item.describe());
        });
    }

    Optional<String> optionalString(int position, String name) {
        return optional(position, name).filter(item -> !Context.isNone(item)).map(item -> {
            if (item instanceof Item.Known known && known.value() instanceof String text) {
                return text;
            }
            throw context.error(span, MessageKey.NEEDS_CONSTANT, callee, name, item.describe());
        });
    }

    Optional<DType> optionalDType(int position, String name) {
        return optional(position, name).filter(item -> !Context.isNone(item)).map(item -> {
            if (item instanceof Item.Known known && known.value() instanceof DType dtype) {
                return dtype;
            }
            throw context.error(span, MessageKey.NEEDS_CONSTANT, callee, name, item.describe());
        });
    }

    /** A dtype that can only be named. */
    Optional<DType> optionalDType(String name) {
        return optionalDType(NAMED_ONLY, name);
    }

    /** Accepts these names and does nothing with them: they do not change a program. */
    void ignore(String... names) {
        takenNames.addAll(List.of(names));
    }

    /** Refuses arguments that were not asked for. */
    void checkAllTaken() {
        if (positional.size() > takenPositions) {
            throw context.error(span, MessageKey.WRONG_ARGUMENT_COUNT, callee, takenPositions, positional.size());
        }
        for (String name : keywords.keySet()) {
            if (!takenNames.contains(name)) {
                throw context.error(span, MessageKey.UNKNOWN_ARGUMENT, callee, name);
            }
        }
    }

    /** An axis number, counted from the end when negative. */
    int axis(Item item, int rank) {
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            if (number >= -rank && number < rank) {
                return (int) (number < 0 ? number + rank : number);
            }
            throw context.error(span, MessageKey.BAD_AXIS, callee, number, rank);
        }
        if (item instanceof Item.Sequence sequence && sequence.items().size() == 1) {
            return axis(sequence.items().get(0), rank);
        }
        throw context.error(span, MessageKey.ONE_AXIS_ONLY, callee);
    }

    static boolean isConstant(Item item, Object value) {
        return item instanceof Item.Known known && known.value().equals(value)
                || value == Expr.Special.NONE && Context.isNone(item);
    }
}
