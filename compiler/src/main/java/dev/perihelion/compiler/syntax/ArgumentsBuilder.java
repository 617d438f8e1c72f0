package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds the arguments of a call and checks their order (language reference 6.3.4). */
final class ArgumentsBuilder {

    private final ExpressionBuilder expressions;
    private final SyntaxErrors errors;
    private final List<Expr> positional = new ArrayList<>();
    private final List<Expr.Keyword> keywords = new ArrayList<>();
    private boolean sawMapping;

    /**
     * The arguments of one call.
     *
     * @param tree null where the parentheses are empty
     */
    ArgumentsBuilder(ExpressionBuilder expressions, PythonParser.ArgumentsContext tree) {
        this.expressions = expressions;
        this.errors = expressions.errors();
        if (tree != null) {
            boolean alone = tree.argument().size() == 1 && tree.COMMA().isEmpty();
            tree.argument().forEach(argument -> add(argument, alone));
        }
    }

    List<Expr> positional() {
        return List.copyOf(positional);
    }

    List<Expr.Keyword> keywords() {
        return List.copyOf(keywords);
    }

    private void add(PythonParser.ArgumentContext tree, boolean alone) {
        Span span = Trees.span(tree);
        if (tree.POWER() != null) {
            sawMapping = true;
            keywords.add(new Expr.Keyword(Optional.empty(), expressions.build(tree.expression(0)), span));
        } else if (tree.STAR() != null) {
            if (sawMapping) {
                errors.add(span, MessageKey.SYNTAX_ARGUMENT_ORDER, "`**`");
            }
            positional.add(new Expr.Starred(expressions.build(tree.expression(0)), span));
        } else if (tree.ASSIGN() != null) {
            keyword(tree, span);
        } else {
            plain(tree, span, alone);
        }
    }

    private void keyword(PythonParser.ArgumentContext tree, Span span) {
        Expr name = expressions.build(tree.expression(0));
        if (name instanceof Expr.Name simple && name.span().equals(Trees.span(tree.expression(0)))) {
            keywords.add(new Expr.Keyword(Optional.of(simple.id()), expressions.build(tree.expression(1)), span));
        } else {
            errors.add(name.span(), MessageKey.SYNTAX_TARGET, Targets.describe(name) + " in a call");
        }
    }

    private void plain(PythonParser.ArgumentContext tree, Span span, boolean alone) {
        if (!keywords.isEmpty()) {
            errors.add(span, MessageKey.SYNTAX_ARGUMENT_ORDER, sawMapping ? "`**`" : "a keyword argument");
        }
        Expr first = expressions.build(tree.expression(0));
        if (tree.comprehension() != null) {
            if (!alone) {
                errors.add(span, MessageKey.SYNTAX_GENERATOR);
            }
            positional.add(expressions.comprehension(
                    Expr.ComprehensionKind.GENERATOR, first, Optional.empty(), tree.comprehension(), tree));
        } else if (tree.WALRUS() != null) {
            positional.add(expressions.walrus(first, tree.expression(1), tree));
        } else {
            positional.add(first);
        }
    }
}
