package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

    private String edited(Span span) {
        String text = source.text(span);
        List<Map.Entry<Span, String>> edits = ir.hostEdits().entrySet().stream()
                .filter(edit ->
                        edit.getKey().start() >= span.start() && edit.getKey().end() <= span.end())
                .sorted(Comparator.comparing(edit -> -edit.getKey().start()))
                .collect(Collectors.toList());
        StringBuilder result = new StringBuilder(text);
        for (Map.Entry<Span, String> edit : edits) {
            result.replace(
                    edit.getKey().start() - span.start(), edit.getKey().end() - span.start(), filled(edit.getValue()));
        }
        return result.toString();
    }

    private String filled(String replacement) {
        if (replacement.startsWith("{block:")) {
            int block = Integer.parseInt(replacement.substring("{block:".length(), replacement.length() - 1));
            return Long.toString(plan.block(block));
        }
        return replacement;
    }
}
