package dev.perihelion.compiler.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SourceParserTest {

    private static ModuleAst parse(String text) {
        return SourceParser.parse(new SourceFile("t.py", text));
    }

    @Test
    void anEmptyFileHasNoStatements() {
        assertThat(parse("").body()).isEmpty();
        assertThat(parse("\n  \n# only a comment").body()).isEmpty();
    }

    @Test
    void lineEndsDoNotMatter() {
        String text = "if x:\n    y = '''a\nb'''\n\nz = 1\n";
        ModuleAst windows = parse(text.replace("\n", "\r\n"));
        Stmt.If first = (Stmt.If) windows.body().get(0);
        Stmt.Assign assign = (Stmt.Assign) first.body().get(0);
        assertThat(((Expr.Constant) assign.value()).value()).isEqualTo("a\nb");
        assertThat(windows.source().line(2)).isEqualTo("    y = '''a");
        assertThat(windows.source().text(first.span())).endsWith("b'''");
        assertThat(windows.body()).hasSize(2);
    }

    @Test
    void spansCountUtf16UnitsBeyondTheBasicPlane() {
        ModuleAst module = parse("s = '\ud83d\ude80'; t = f'\ud83d\ude80{x}'");
        Stmt.Assign second = (Stmt.Assign) module.body().get(1);
        Expr.FormattedString value = (Expr.FormattedString) second.value();
        assertThat(module.source().text(second.span())).isEqualTo("t = f'\ud83d\ude80{x}'");
        assertThat(module.source().text(value.parts().get(1).span())).isEqualTo("x");
    }

    @Test
    void parenthesesBelongToTuplesOnly() {
        ModuleAst module = parse("(a + b) * c\n(d, e)\n");
        Expr.Binary product = (Expr.Binary) ((Stmt.Expression) module.body().get(0)).value();
        assertThat(module.source().text(product.left().span())).isEqualTo("a + b");
        assertThat(module.source().text(product.span())).isEqualTo("(a + b) * c");
        assertThat(module.source()
                        .text(((Stmt.Expression) module.body().get(1)).value().span()))
                .isEqualTo("(d, e)");
    }

    @Test
    void atMostFiveMistakesAreReported() {
        assertThatThrownBy(() -> parse("x = = 1\n".repeat(9)))
                .isInstanceOfSatisfying(
                        CompileException.class,
                        e -> assertThat(e.diagnostics())
                                .hasSize(5)
                                .allSatisfy(d -> assertThat(d.key()).isEqualTo(MessageKey.SYNTAX_ERROR)));
    }

    @Test
    void tooDeepNestingIsTheUsersMistake() {
        for (String text : List.of("(".repeat(300) + ")".repeat(300), "x = " + "-".repeat(200_000) + "1\n")) {
            assertThatThrownBy(() -> parse(text))
                    .isInstanceOfSatisfying(
                            CompileException.class,
                            e -> assertThat(e.diagnostics().get(0).key()).isEqualTo(MessageKey.SYNTAX_TOO_DEEP));
        }
    }
}
