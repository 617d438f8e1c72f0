package dev.perihelion.cli;

import dev.perihelion.compiler.Target;
import picocli.CommandLine.Option;

/** What to generate for, where no device is asked. */
final class TargetOption {

    @Option(
            names = "--target",
            paramLabel = "T",
            defaultValue = "cuda:90",
            description = "What to generate for: cuda:90, cuda:100, hip:gfx942 ... (default: ${DEFAULT-VALUE})")
    private String target;

    Target read() {
        return parse(target);
    }

    static Target parse(String text) {
        try {
            return Target.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(e.getMessage());
        }
    }
}
