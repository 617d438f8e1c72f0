package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Tunable;
import dev.perihelion.compiler.ir.Tunable.Kind;
import java.util.List;
import java.util.Set;

/** The domains of registered tunables: {@code PowerOfTwoFragment(1, 64, 8)} and the like. */
final class Fragments {

    private static final Set<String> NAMES = Set.of(
            "PowerOfTwoFragment",
            "BlockSizeFragment",
            "NumWarpsFragment",
            "IntegerFragment",
            "EnumFragment",
            "BooleanFragment");

    private Fragments() {}

    static boolean knows(String path) {
        return path.startsWith("helion.") && NAMES.contains(name(path));
    }

    static Item call(String path, CallArguments call) {
        Tunable domain = switch (name(path)) {
            case "EnumFragment" -> choices(call);
            case "BooleanFragment" -> new Tunable("", Kind.BOOLEAN, 0, 1, List.of(), 0);
            case "IntegerFragment" -> range(Kind.INTEGER, call);
            default -> range(Kind.POWER_OF_TWO, call);
        };
        return new Item.Fragment(domain);
    }

    private static Tunable range(Kind kind, CallArguments call) {
        long low = call.optionalInt(0, "low").orElse(1L);
        long high = call.optionalInt(1, "high").orElse(low);
        long standard = call.optionalInt(2, "default_val").orElse(low);
        return new Tunable("", kind, low, high, List.of(), Math.max(low, Math.min(high, standard)));
    }

    private static Tunable choices(CallArguments call) {
        List<Long> choices = call.wholeNumbers(0, "choices");
        return new Tunable("", Kind.ENUM, 0, 0, choices, choices.get(0));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
