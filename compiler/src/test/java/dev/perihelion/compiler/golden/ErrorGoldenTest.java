package dev.perihelion.compiler.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.Diagnostic;
import dev.perihelion.compiler.diagnostics.MessageKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Every mistake of a user has an example, whose rendered message is kept beside it. */
@Timeout(120)
class ErrorGoldenTest {

    /** Messages that no kernel can trigger today, with the reason. */
    private static final Map<MessageKey, String> UNREACHABLE =
            Map.of(MessageKey.INTERNAL_FAILURE, "Only a defect of the compiler gives it.");

    @TestFactory
    Stream<DynamicTest> messages() throws IOException {
        return GoldenInput.all("errors").stream()
                .map(input -> DynamicTest.dynamicTest(input.toString(), () -> {
                    CompileException mistake = mistake(input);
                    assertThat(input.compare(".err", mistake.getMessage() + "\n"))
                            .isEmpty();
                    assertThat(keys(mistake))
                            .as("the file is named after the message")
                            .contains(named(input));
                }));
    }

    @Test
    void everyKeyHasAnExample() throws IOException {
        Set<MessageKey> missing = EnumSet.allOf(MessageKey.class);
        // Mistakes of syntax have their examples in the folder `syntax`.
        missing.removeIf(key -> key.name().startsWith("SYNTAX_") || key == MessageKey.UNSUPPORTED_SYNTAX);
        missing.removeAll(UNREACHABLE.keySet());
        for (GoldenInput input : GoldenInput.all("errors")) {
            missing.removeAll(keys(mistake(input)));
        }
        assertThat(missing).isEmpty();
    }

    private static MessageKey named(GoldenInput input) {
        String name = input.toString().replaceAll("(-\\w+)?\\.py$", "").toUpperCase(Locale.ROOT);
        return Arrays.stream(MessageKey.values())
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No message is named `" + name + "`."));
    }

    private static List<MessageKey> keys(CompileException mistake) {
        return mistake.diagnostics().stream().map(Diagnostic::key).collect(Collectors.toList());
    }

    private static CompileException mistake(GoldenInput input) {
        try {
            input.analyze();
        } catch (CompileException e) {
            return e;
        }
        throw new AssertionError("The compiler accepts " + input + ".");
    }
}
