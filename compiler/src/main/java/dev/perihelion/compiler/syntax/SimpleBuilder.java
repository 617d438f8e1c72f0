package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.PythonParser.*;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Builds the statements that fit on one line. */
final class SimpleBuilder extends PythonParserBaseVisitor<Stmt> {

    private final ExpressionBuilder expressions;
    private final SyntaxErrors errors;
    private final Scope scope;

    SimpleBuilder(ExpressionBuilder expressions, Scope scope) {
        this.expressions = expressions;
        this.errors = expressions.errors();
        this.scope = scope;
    }

    Stmt build(SimpleContext tree) {
        return tree.accept(this);
    }

    @Override
    public Stmt visitExpressionStatement(ExpressionStatementContext tree) {
        Span span = Trees.span(tree);
        AssignmentTailContext tail = tree.assignmentTail();
        Expr first = expressions.build(tree.starExpressions());
        if (tail == null) {
            return new Stmt.Expression(first, span);
        }
        if (tail instanceof PlainAssignmentContext plain) {
            return assign(first, plain, span);
        }
        Targets.checkSingle(errors, first);
        if (tail instanceof AnnotatedAssignmentContext annotated) {
            Expr annotation = expressions.build(annotated.expression());
            return new Stmt.AnnotatedAssign(
                    first,
                    annotation,
                    Optional.ofNullable(annotated.assignedValue()).map(this::value),
                    span);
        }
        AugmentedAssignmentContext augmented = (AugmentedAssignmentContext) tail;
        String symbol = augmented.AUGMENTED().getText();
        return new Stmt.AugmentedAssign(
                first,
                Operators.binary(symbol.substring(0, symbol.length() - 1)),
                value(augmented.assignedValue()),
                span);
    }

    private Stmt assign(Expr first, PlainAssignmentContext tail, Span span) {
        List<Expr> targets = new ArrayList<>();
        targets.add(first);
        List<AssignedValueContext> values = tail.assignedValue();
        for (AssignedValueContext target : values.subList(0, values.size() - 1)) {
            targets.add(value(target));
        }
        targets.forEach(target -> Targets.check(errors, target));
        return new Stmt.Assign(List.copyOf(targets), value(values.get(values.size() - 1)), span);
    }

    private Expr value(AssignedValueContext tree) {
        return expressions.build(tree.yieldExpression() != null ? tree.yieldExpression() : tree.starExpressions());
    }

    @Override
    public Stmt visitYieldStatement(YieldStatementContext tree) {
        return new Stmt.Expression(expressions.build(tree.yieldExpression()), Trees.span(tree));
    }

    @Override
    public Stmt visitReturnStatement(ReturnStatementContext tree) {
        if (!scope.inFunction()) {
            errors.add(Trees.span(tree), MessageKey.SYNTAX_OUTSIDE_FUNCTION, "return");
        }
        return new Stmt.Return(expressions.optional(tree.starExpressions()), Trees.span(tree));
    }

    @Override
    public Stmt visitImportStatement(ImportStatementContext tree) {
        List<Stmt.Alias> names = new ArrayList<>();
        for (DottedAliasContext alias : tree.dottedAlias()) {
            names.add(new Stmt.Alias(dotted(alias.dottedName()), asName(alias.NAME())));
        }
        return new Stmt.Import(List.copyOf(names), Trees.span(tree));
    }

    @Override
    public Stmt visitFromImport(FromImportContext tree) {
        String module = ".".repeat(tree.DOT().size() + 3 * tree.ELLIPSIS().size())
                + (tree.dottedName() == null ? "" : dotted(tree.dottedName()));
        if (module.isEmpty()) {
            errors.add(Trees.span(tree), MessageKey.SYNTAX_IMPORT);
        }
        if (tree.importedNames().STAR() != null) {
            Stmt.Alias star = new Stmt.Alias("*", Optional.empty());
            return new Stmt.ImportFrom(module, List.of(star), Trees.span(tree));
        }
        List<Stmt.Alias> names = new ArrayList<>();
        for (NameAliasContext alias : tree.importedNames().nameAlias()) {
            names.add(new Stmt.Alias(Trees.name(alias.NAME(0)), asName(alias.NAME(1))));
        }
        return new Stmt.ImportFrom(module, List.copyOf(names), Trees.span(tree));
    }

    private static String dotted(DottedNameContext tree) {
        return String.join(".", tree.NAME().stream().map(Trees::name).toList());
    }

    private static Optional<String> asName(TerminalNode node) {
        return Optional.ofNullable(node).map(Trees::name);
    }

    @Override
    public Stmt visitRaiseStatement(RaiseStatementContext tree) {
        return new Stmt.Raise(
                expressions.optional(tree.expression(0)), expressions.optional(tree.expression(1)), Trees.span(tree));
    }

    @Override
    public Stmt visitPassStatement(PassStatementContext tree) {
        return new Stmt.Pass(Trees.span(tree));
    }

    @Override
    public Stmt visitDelStatement(DelStatementContext tree) {
        Targets.check(errors, expressions.build(tree.starExpressions()));
        return new Stmt.Other("del", List.of(), Trees.span(tree));
    }

    @Override
    public Stmt visitAssertStatement(AssertStatementContext tree) {
        return new Stmt.Assert(
                expressions.build(tree.expression(0)), expressions.optional(tree.expression(1)), Trees.span(tree));
    }

    @Override
    public Stmt visitBreakStatement(BreakStatementContext tree) {
        checkLoop(tree, "break");
        return new Stmt.Break(Trees.span(tree));
    }

    @Override
    public Stmt visitContinueStatement(ContinueStatementContext tree) {
        checkLoop(tree, "continue");
        return new Stmt.Continue(Trees.span(tree));
    }

    private void checkLoop(SimpleContext tree, String keyword) {
        if (!scope.inLoop()) {
            errors.add(Trees.span(tree), MessageKey.SYNTAX_OUTSIDE_LOOP, keyword);
        }
    }

    @Override
    public Stmt visitScopeStatement(ScopeStatementContext tree) {
        return new Stmt.Other(tree.getStart().getText(), List.of(), Trees.span(tree));
    }

    @Override
    public Stmt visitTypeStatement(TypeStatementContext tree) {
        return new Stmt.Other("type", List.of(), Trees.span(tree));
    }
}
