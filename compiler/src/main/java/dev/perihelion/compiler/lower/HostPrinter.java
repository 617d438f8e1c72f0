package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.HostEdit;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Prints host statements as the user wrote them, with the few replacements that a configuration needs. */
final class HostPrinter {

    private final SourceFile source;
    private final KernelIr ir;
    private final Plan plan;

    HostPrinter(SourceFile source, KernelIr ir, Plan plan) {
        this.source = source;
        this.ir = ir;
        this.plan = plan;
    }

    /** The statements' lines, moved to one level of indentation. */
    List<String> lines(List<Stmt> statements) {
        List<String> lines = new ArrayList<>();
        for (Stmt stmt : statements) {
            boolean docstring =
                    stmt instanceof Stmt.Expression expression && expression.value() instanceof Expr.Constant;
            if (docstring || stmt instanceof Stmt.Pass) {
                continue;
            }
            int indent = source.position(stmt.span().start()).column() - 1;
            String[] text = edited(stmt.span()).split("\n", -1);
            for (int i = 0; i < text.length; i++) {
                lines.add(i == 0 ? text[i] : dedented(text[i], indent));
            }
        }
        return lines;
    }

    private static String dedented(String line, int indent) {
        int from = 0;
        while (from < indent && from < line.length() && line.charAt(from) == ' ') {
            from++;
        }
        return line.substring(from);
    }

    /** The text of a piece of the file, with what the module has in places. */
    String edited(Span span) {
        List<HostEdit> edits = ir.hostEdits().stream()
                .filter(edit -> isWithin(edit.span(), span))
                .filter(edit -> ir.hostEdits().stream()
                        .noneMatch(other -> other != edit && isWithin(edit.span(), other.span())))
                .sorted(Comparator.comparing(edit -> -edit.span().start()))
                .toList();
        StringBuilder result = new StringBuilder(source.text(span));
        for (HostEdit edit : edits) {
            String text = edit instanceof HostEdit.Number number
                    ? Long.toString(plan.evaluate(number.size()))
                    : ((HostEdit.Text) edit).text();
            result.replace(edit.span().start() - span.start(), edit.span().end() - span.start(), text);
        }
        return result.toString();
    }

    private static boolean isWithin(Span inner, Span outer) {
        return inner.start() >= outer.start() && inner.end() <= outer.end();
    }
}
