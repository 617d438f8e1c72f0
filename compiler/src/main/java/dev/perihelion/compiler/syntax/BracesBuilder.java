package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds what stands in braces: a dictionary, a set, or a comprehension of either. */
final class BracesBuilder {

    private final ExpressionBuilder expressions;
    private final SyntaxErrors errors;

    BracesBuilder(ExpressionBuilder expressions) {
        this.expressions = expressions;
        this.errors = expressions.errors();
    }

    Expr build(PythonParser.BracesContext tree) {
        List<PythonParser.EntryContext> entries = tree.entry();
        boolean isDict = entries.isEmpty() || isDictEntry(entries.get(0));
        for (PythonParser.EntryContext entry : entries) {
            if (isDictEntry(entry) != isDict) {
                errors.add(Trees.span(entry), MessageKey.SYNTAX_DICT_ENTRY);
                return new Expr.Other("braces", Trees.span(tree));
            }
        }
        if (tree.comprehension() != null) {
            return comprehension(tree, entries.get(0), isDict);
        }
        return isDict ? dict(tree) : new Expr.SetDisplay(elements(entries), Trees.span(tree));
    }

    private static boolean isDictEntry(PythonParser.EntryContext entry) {
        return entry.COLON() != null || entry.POWER() != null;
    }

    private Expr comprehension(PythonParser.BracesContext tree, PythonParser.EntryContext entry, boolean isDict) {
        if (entry.namedExpression() == null) {
            errors.add(Trees.span(entry), MessageKey.SYNTAX_STARRED);
            return new Expr.Other("braces", Trees.span(tree));
        }
        return expressions.comprehension(
                isDict ? Expr.ComprehensionKind.DICT : Expr.ComprehensionKind.SET,
                expressions.build(entry.namedExpression()),
                expressions.optional(entry.expression()),
                tree.comprehension(),
                tree);
    }

    private List<Expr> elements(List<PythonParser.EntryContext> entries) {
        List<Expr> elements = new ArrayList<>();
        for (PythonParser.EntryContext entry : entries) {
            elements.add(
                    entry.STAR() == null
                            ? expressions.build(entry.namedExpression())
                            : new Expr.Starred(expressions.build(entry.operation()), Trees.span(entry)));
        }
        return List.copyOf(elements);
    }

    private Expr dict(PythonParser.BracesContext tree) {
        List<Expr.DictEntry> built = new ArrayList<>();
        for (PythonParser.EntryContext entry : tree.entry()) {
            built.add(
                    entry.POWER() == null
                            ? new Expr.DictEntry(
                                    Optional.of(expressions.build(entry.namedExpression())),
                                    expressions.build(entry.expression()))
                            : new Expr.DictEntry(Optional.empty(), expressions.build(entry.operation())));
        }
        return new Expr.DictDisplay(List.copyOf(built), Trees.span(tree));
    }
}
