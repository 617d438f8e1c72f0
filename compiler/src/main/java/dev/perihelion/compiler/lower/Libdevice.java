package dev.perihelion.compiler.lower;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The vendors' mathematical functions. torch uses the same on devices. Triton's interpreter lacks them; there torch's
 * functions on the CPU stand in, so that modules run everywhere.
 */
final class Libdevice {

    private static final Pattern USE = Pattern.compile("\\blibdevice\\.(\\w+)\\(");

    /** Where torch's name is another. */
    private static final Map<String, String> TORCH = Map.of(
            // torch's vectorised fmod gives NaN where operands are far apart.
            "fmod", "lambda a, b: torch.from_numpy(numpy.asarray(numpy.fmod(a.numpy(), b.numpy())))",
            "rint", "torch.round",
            "cyl_bessel_i0", "torch.i0",
            "cyl_bessel_i1", "torch.special.i1",
            "erfcx", "torch.special.erfcx",
            "j0", "torch.special.bessel_j0",
            "j1", "torch.special.bessel_j1",
            "y0", "torch.special.bessel_y0",
            "y1", "torch.special.bessel_y1");

    private static final String TEXT = """
            if triton.knobs.runtime.interpret:
                # Triton's interpreter has no libdevice: torch's functions stand in.
                from types import SimpleNamespace

                import numpy

                def _stand_in(function):
                    def call(*operands):
                        arrays = [torch.from_numpy(operand.handle.data.copy()) for operand in operands]
                        result = function(*arrays).numpy()
                        dtype = operands[0].dtype
                        blocks = any(operand.type.is_block() for operand in operands)
                        return tl.tensor(
                            type(operands[0].handle)(result, dtype),
                            tl.block_type(dtype, list(result.shape)) if blocks else dtype,
                        )

                    return call

                libdevice = SimpleNamespace(
                    %s,
                )
            else:
                from triton.language.extra import libdevice
            """;

    /** What Triton has itself, also in its interpreter; on devices libdevice's may be more exact. */
    private static final Set<String> IN_TRITON = Set.of("exp");

    private static final String SHORT = """
            if triton.knobs.runtime.interpret:
                libdevice = tl.math  # Triton's interpreter has no libdevice.
            else:
                from triton.language.extra import libdevice
            """;

    private Libdevice() {}

    /** The import for a module's text; empty where it needs none. */
    static String of(String text) {
        Set<String> used = new TreeSet<>();
        Matcher uses = USE.matcher(text);
        while (uses.find()) {
            used.add(uses.group(1));
        }
        if (used.isEmpty()) {
            return "";
        }
        if (IN_TRITON.containsAll(used)) {
            return SHORT + "\n\n";
        }
        String functions = used.stream()
                .map(name -> name + "=_stand_in(" + TORCH.getOrDefault(name, "torch." + name) + ")")
                .collect(Collectors.joining(",\n        "));
        return String.format(TEXT, functions) + "\n\n";
    }
}
