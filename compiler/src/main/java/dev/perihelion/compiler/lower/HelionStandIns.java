package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.HostEdit;
import java.util.Map;

/** What host functions of the user's file find in place of helion's names: the module must run without helion. */
final class HelionStandIns {

    private static final Map<String, String> FUNCTIONS = Map.of(
            "cdiv", "triton.cdiv",
            "next_power_of_2", "triton.next_power_of_2",
            "get_num_sm", "lambda *given, **named: " + HostEdit.PROCESSORS + "(*given, **named)",
            "constexpr", "lambda value: value",
            "specialize", "lambda value: value");

    private static final Map<String, String> CONSTANTS = Map.of(
            "helion._testing.DEVICE",
            "torch.device(\"cuda\" if torch.cuda.is_available() else \"cpu\")",
            "helion._testing.HALF_DTYPE",
            "torch.float16");

    /** For names that only have to be there: what is asked of them gives them again, and decorators change nothing. */
    private static final String ANYTHING = """
            class %1$s:
                def __getattr__(self, name):
                    return self

                def __call__(self, *given, **named):
                    return given[0] if given and callable(given[0]) else self


            %1$s = %1$s()""";

    private HelionStandIns() {}

    /** The statement that gives a name a meaning. */
    static String of(String name, String path) {
        String last = path.substring(path.lastIndexOf('.') + 1);
        if (FUNCTIONS.containsKey(last)) {
            return name + " = " + FUNCTIONS.get(last);
        }
        if (CONSTANTS.containsKey(path)) {
            return name + " = " + CONSTANTS.get(path);
        }
        boolean runtime = path.equals("helion.runtime");
        if (!runtime && !path.equals("helion") && !path.equals("helion.language")) {
            return ANYTHING.formatted(name);
        }
        String members = path.equals("helion.language")
                ? member("constexpr") + member("specialize")
                : runtime
                        ? processors("")
                        : member("cdiv") + member("next_power_of_2") + "\n    class runtime:\n" + processors("    ");
        return "class " + name + ":\n" + members.stripTrailing();
    }

    private static String member(String name) {
        return "    " + name + " = staticmethod(" + FUNCTIONS.get(name) + ")\n";
    }

    /** Calls the module's function when it is called itself: that is defined further down. */
    private static String processors(String indent) {
        return indent + "    get_num_sm = staticmethod(lambda *given, **named: " + HostEdit.PROCESSORS
                + "(*given, **named))\n";
    }
}
