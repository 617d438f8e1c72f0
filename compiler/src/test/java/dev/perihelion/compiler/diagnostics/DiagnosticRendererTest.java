package dev.perihelion.compiler.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DiagnosticRendererTest {

    private static String render(String text, int start, int end) {
        SourceFile source = new SourceFile("k.py", text);
        return DiagnosticRenderer.render(
                List.of(Diagnostic.at(source, new Span(start, end), MessageKey.UNSUPPORTED_SYNTAX, "try")));
    }

    @Test
    void marksTheSpanAndGivesAdvice() {
        assertThat(render("a\n    try: b\n", 6, 9)).isEqualTo("""
                        error: `try` is not possible in a kernel.
                         --> k.py:2:5
                          |
                        2 |     try: b
                          |     ^^^
                          = advice: Move it into a function that the kernel does not call.""");
    }

    @Test
    void keepsTabsSoThatCaretsAlign() {
        assertThat(render("\t\ttry: b", 2, 5)).contains("1 | \t\ttry: b\n", "  | \t\t^^^\n");
    }

    @Test
    void ofSeveralLinesMarksTheFirst() {
        assertThat(render("try:\r\n  a\r\n", 0, 9)).contains("1 | try:\n  | ^^^^\n");
    }

    @Test
    void pointsBehindTheLastCharacterOfAFile() {
        assertThat(render("x = ", 4, 4)).contains("1 | x =\n  |     ^\n");
        assertThat(render("", 0, 0)).contains("--> k.py:1:1\n");
    }
}
